"""Fill a database as the version before the roles did: its migrations, by one role, and rows of every kind.

A script for a process of its own, since it works with the models of that time: python -m tests.portal.earlier.
"""

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

THEN = [("contacts", "0009"), ("cases", "0005"), ("credentials", "0005")]
PACKAGES = ["account", "mfa", "admin", "sessions"]


def fill():
    for app in PACKAGES:
        call_command("migrate", app, verbosity=0)
    for app, number in THEN:
        call_command("migrate", app, number, verbosity=0)
    call_command("createcachetable", verbosity=0)
    loader = MigrationExecutor(connection).loader
    # The models as of the newest migrations that are applied.
    add_rows(loader.project_state([node for node in loader.graph.nodes if node in loader.applied_migrations]).apps)


def add_rows(apps):
    def add(label, **values):
        return apps.get_model(label)._default_manager.create(**values)

    def person(email, district, **values):
        return add("contacts.User", email=email, district=district, first_name="Ann", last_name="Lee", **values)

    one, other = (add("contacts.District", name=name, slug=name) for name in ("one", "other"))
    school = add("contacts.School", district=one, name="Lincoln High")
    teacher = person("teacher@one.example", one, school=school)
    contact = person("contact@one.example", one)
    approver = person("approver@one.example", one)
    # Who moved: what they did in the first district is of that district.
    moved = person("moved@one.example", other)
    agent = person("agent@support.example", None)
    for holder, role, district in (
        (contact, "support_contact", one),
        (approver, "credential_approver", one),
        (agent, "support_agent", None),
    ):
        add("contacts.Designation", user=holder, role=role, district=district)
    ended = dict.fromkeys(["started_at", "inactive_since", "ended_at"], timezone.now())
    add("contacts.Designation", user=moved, role="technical_contact", district=one, **ended)
    add("contacts.Message", recipient=teacher, district=one, title="Something happened")
    add("contacts.Message", recipient=agent, title="Something happened")
    add_cases(add, one, contact, moved, agent)
    add_credentials(add, one, teacher, approver)
    for district in (one, None, one, other):
        add(
            "contacts.AuditEvent",
            action="person.invite",
            actor_label="The portal",
            object_type="contacts.User",
            object_key=str(teacher.pk),
            object_label="Ann Lee",
            district_key=str(district.pk) if district else "",
        )


def add_cases(add, district, contact, moved, agent):
    area = add("cases.ProductArea", name="Portal")
    said = {"district": district, "kind": "question", "product_area": area, "subject": "How?", "description": "How?"}
    case = add("cases.Case", contact=contact, status="assigned", assignee=agent, **said)
    add("cases.Case", contact=moved, **said)
    said = {"case": case, "district": district, "status": "assigned"}
    add("cases.TimelineEntry", action="replied", by=contact, text="Any news?", **said)
    add("cases.TimelineEntry", action="noted", by=agent, text="Look at the log.", is_internal=True, **said)


def add_credentials(add, district, teacher, approver):
    kind = add("credentials.CredentialType", code="license", name="License")
    record = add("credentials.CredentialRecord", district=district, holder=teacher, type=kind, identifier="C-1")
    asked = {"district": district, "requester": teacher, "type": kind, "brief_description": "I passed."}
    decided = {"status": "denied", "comment": "Not yet.", "decided_by": approver, "decided_at": timezone.now()}
    add("credentials.CredentialRequest", record=record, proposed={"identifier": "C-2"}, **asked)
    add("credentials.CredentialRequest", is_new=True, proposed={"identifier": "N-1"}, **asked, **decided)


if __name__ == "__main__":
    django.setup()
    fill()
