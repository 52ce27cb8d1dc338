"""The constraints that Django has no class for; tests/test_what_must_never_be.py has what each of them refuses."""

import re
from datetime import date
from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import BooleanField, Q
from django.test.utils import isolate_apps
from django.utils import timezone

from cases.models import Case, TimelineEntry
from contacts import ActionRefused
from contacts.actions import action
from contacts.constraints import (
    ChoicesConstraint,
    DatabaseRule,
    DistrictKey,
    PersonOfDistrictOrSupport,
    SameDistrict,
    Unchanging,
)
from contacts.models import Designation, District, Message, Role, School, User
from credentials.models import CredentialRecord, CredentialRequest
from tests.factories import (
    AgentFactory,
    CaseFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DistrictFactory,
    MessageFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("connected_as_owner")]

APPS = ["contacts", "cases", "credentials"]
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
MIGRATIONS = [
    f"{app}.migrations.{name}_keys_that_cannot_cross_districts"
    for app, name in [("contacts", "0010"), ("cases", "0006"), ("credentials", "0006")]
]
IN_THE_CATALOG = """
SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger UNION SELECT relname FROM pg_class
"""
DEFINITION = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s"


def column(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def refused(change):
    """Whether the database refuses it; otherwise it is taken back."""
    try:
        with transaction.atomic():
            change()
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def test_every_declared_constraint_stands_in_the_database():
    declared = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert declared - set(column(IN_THE_CATALOG)) == set()


def test_every_field_with_choices_has_them_in_the_database():
    # A yes or no has no other values anyway.
    fields = [(model, field) for model in MODELS for field in model._meta.local_fields]
    with_choices = [each for each in fields if each[1].choices and not isinstance(each[1], BooleanField)]
    assert len(with_choices) > 30
    for model, field in with_choices:
        wanted = {str(value) for value, _ in field.flatchoices if value is not None}
        if field.blank and not field.null:
            wanted.add("")
        (constraint,) = (
            each
            for each in model._meta.constraints
            if isinstance(each, ChoicesConstraint) and each.condition.children[0][0] == f"{field.name}__in"
        )
        (definition,) = column(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", constraint.name
        )
        found = {word or number for word, number in re.findall(r"'(\w*)'|\b(\d+)\b", definition)}
        assert found == wanted, (model, field)


def test_a_case_goes_where_its_transitions_say_and_nowhere_else():
    agent = AgentFactory()

    def state(status):
        moments = {"closed_at": "closed", "resolved_at": "pending_verification"}
        dated = {name: timezone.now() if status == when else None for name, when in moments.items()}
        return {"status": status, "assignee": agent, **dated}

    said = {"assistant": agent, "scheduled_on": date(2030, 1, 2), "defect_reference": "D-1"}
    rows = {status: CaseFactory(**said, **state(status)) for status in Case.Status}
    for old, new in product(Case.Status, repeat=2):
        case = Case.objects.filter(pk=rows[old].pk)
        may_go = old == new or new in Case.TRANSITIONS[old]
        assert refused(lambda case=case, new=new: case.update(**state(new))) != may_go, (old, new)


def test_a_request_goes_where_its_transitions_say_and_nowhere_else():
    requester = UserFactory()
    approver = UserFactory(district=requester.district)
    record = CredentialRecordFactory(holder=requester)
    decided = {"decided_at": timezone.now(), "decided_by": approver, "comment": "Words."}
    nobody = {"decided_at": None, "decided_by": None, "withdrawn_at": None, "record": None}
    states = {
        "draft": {**nobody, "version": 0},
        "pending": {**nobody, "version": 1},
        "returned": {**nobody, "returned_at": timezone.now(), "returned_by": approver, "comment": "Words."},
        "approved": {**decided, "record": record},
        "denied": decided,
        "withdrawn": {"withdrawn_at": timezone.now()},
    }
    rows = {status: CredentialRequestFactory(requester=requester, status=status, **states[status]) for status in states}
    for old, new in product(CredentialRequest.Status, repeat=2):
        row = CredentialRequest.objects.filter(pk=rows[old].pk)
        may_go = new in CredentialRequest.TRANSITIONS[old] or old == new in ("draft", "pending", "returned")
        assert refused(lambda row=row, new=new: row.update(status=new, **states[new])) != may_go, (old, new)


def test_what_the_database_refuses_is_refused_in_the_words_of_its_rule():
    @action
    def move(person, district):
        User.objects.filter(pk=person.pk).update(district=district)

    with pytest.raises(ActionRefused, match="A person stays in their district"):
        move(UserFactory(), DistrictFactory())


def test_a_key_that_would_cross_is_refused_in_the_words_of_its_rule():
    @action
    def give(case, contact):
        Case.objects.filter(pk=case.pk).update(contact=contact)

    with pytest.raises(ActionRefused, match="The contact of a case must be in its district"):
        give(CaseFactory(), UserFactory())


def test_a_form_explains_a_school_of_another_district():
    person, school = UserFactory(), SchoolFactory()
    person.school = school
    with pytest.raises(ValidationError) as refusal:
        person.full_clean(exclude=["password"])
    assert refusal.value.message_dict == {"school": ["Choose a school of the person's district."]}


def test_validating_the_rules_of_the_database_asks_it_nothing(django_assert_num_queries):
    rows = [CaseFactory(), CredentialRecordFactory(), MessageFactory(), CredentialRequestFactory()]
    rows = [type(row).objects.get(pk=row.pk) for row in rows]
    with django_assert_num_queries(0):
        for row in rows:
            for constraint in row._meta.constraints:
                if isinstance(constraint, DatabaseRule | DistrictKey | ChoicesConstraint):
                    constraint.validate(type(row), row)


def test_an_agent_and_an_admin_act_in_every_district():
    agent, admin = AgentFactory(), UserFactory(district=None, is_staff=True)
    held = UserFactory(roles=[Role.SUPPORT_CONTACT]).designations
    held.update(ended_at=timezone.now(), ended_by=admin)
    case = CaseFactory()
    said = {"case": case, "district": case.district, "status": case.status}
    TimelineEntry.objects.create(action="replied", by=agent, text="Words.", **said)
    TimelineEntry.objects.create(action="moved", by=None, **said)
    MessageFactory(recipient=agent, district=case.district)
    assert Message.objects.get().district == case.district


def site_model():
    """A model of a table that is new, with a constraint of each kind."""

    class Site(models.Model):  # noqa: DJ008 - of one test
        district = models.ForeignKey(District, models.PROTECT, related_name="+")
        school = models.ForeignKey(School, models.PROTECT, related_name="+", null=True)
        by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
        name = models.CharField(max_length=20, default="a.example")

        class Meta:
            app_label = "contacts"
            constraints = [
                DistrictKey(fields=["district", "id"], name="a_site_is_of_one_district"),
                SameDistrict(field="school", name="a_site_is_at_a_school", violation_error_message="At a school."),
                PersonOfDistrictOrSupport(
                    field="by",
                    condition=Q(name="a.example"),
                    name="a_site_is_by_its_district_or_support",
                    violation_error_message="By the district.",
                ),
                Unchanging(
                    fields=["name"],
                    condition=Q(name__startswith="a"),
                    name="a_site_keeps_its_name",
                    violation_error_message="It stays.",
                ),
            ]

    return Site


@isolate_apps("contacts")
def test_a_new_table_is_made_with_its_constraints():
    school, stranger = SchoolFactory(), UserFactory()
    Site = site_model()
    checked_so_far()
    with connection.schema_editor() as editor:
        editor.create_model(Site)
    site = Site.objects.create(district=school.district, school=school)
    sites = Site.objects.filter(pk=site.pk)
    for change in ({"school": SchoolFactory()}, {"by": stranger}, {"name": "b.example"}):
        assert refused(lambda change=change: sites.update(**change)), change
    sites.update(by=AgentFactory())
    other = Site.objects.create(district=school.district, by=stranger, name="b.example")
    assert not refused(lambda: Site.objects.filter(pk=other.pk).update(name="c.example"))


def checked_so_far():
    """PostgreSQL alters no table of which it has something left to check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def each_rule(change):
    checked_so_far()
    with connection.schema_editor() as editor:
        for model in MODELS:
            for constraint in model._meta.constraints:
                if isinstance(constraint, DatabaseRule):
                    getattr(editor, change)(model, constraint)


def test_what_a_person_did_in_a_district_that_they_left_stays_there_with_their_name():
    """Data of a portal in which people could still be moved."""
    old, new = DistrictFactory.create_batch(2)
    moved = UserFactory(district=old, roles=[Role.SUPPORT_CONTACT], email="moved@example.org")
    agent = AgentFactory()
    case = CaseFactory(contact=moved, assignee=agent, status="assigned")
    for by, said in [(moved, "replied"), (agent, "noted")]:
        TimelineEntry.objects.create(
            case=case, district=old, by=by, action=said, is_internal=said == "noted", text="Words.", status="assigned"
        )
    record = CredentialRecordFactory(holder=moved)
    CredentialRequestFactory(requester=moved, record=record, is_new=False)
    MessageFactory(recipient=moved)
    MessageFactory(recipient=agent, district=None)
    each_rule("remove_constraint")
    User.objects.filter(pk__in=[moved.pk, agent.pk]).update(district=new)
    later = MessageFactory(recipient=moved, district=None)

    with connection.schema_editor() as editor:
        for app in MIGRATIONS:
            import_module(app).leave_to_former_selves(apps, editor)
    each_rule("add_constraint")

    former = User.objects.get(district=old)
    assert (former.display_name, former.email, former.is_active) == (moved.display_name, None, False)
    former_agent = User.objects.get(district=None)
    case.refresh_from_db()
    assert (case.contact, case.assignee) == (former, former_agent)
    assert {(entry.action, entry.by) for entry in case.timeline.all()} == {("replied", former), ("noted", former_agent)}
    for model, field in [(CredentialRecord, "holder"), (CredentialRequest, "requester"), (Designation, "user")]:
        assert getattr(model.objects.get(district=old), field) == former
    assert list(Message.objects.filter(recipient=moved).values_list("pk", "district")) == [(later.pk, new.pk)]
