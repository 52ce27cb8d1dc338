"""Every address for every role, in their own district and another. An address that is not in PAGES fails."""

import re
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from cases.actions import reset_calendar_feed
from cases.models import CalendarFeed, Case, Notice, NoticeCase, TimelineEntry, UpdateRequest
from contacts.actions import move_to_district
from contacts.models import AuditEvent, ContactRequest, Message, MessageDelivery, Nomination, Role
from credentials.models import CredentialRecord, CredentialRequest
from tests.factories import (
    AgentFactory,
    AgreementFactory,
    ApprovalDelegationFactory,
    CaseFactory,
    ContactRequestFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    DistrictFactory,
    DistrictHolidayFactory,
    MessageFactory,
    NominationFactory,
    NoticeFactory,
    RequestGrantFactory,
    RequirementFactory,
    StaffQuestionFactory,
    TrainingCompletionFactory,
    UpdateRequestFactory,
    UserFactory,
    VersionUpdateFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_templates")]

DISTRICT_ROLES = [None, *(role for role in Role if role not in (Role.SUPPORT_AGENT, Role.SUPPORT_LEAD))]
STAFF = {role or "teacher" for role in DISTRICT_ROLES}
AGENT, LEAD, ADMIN = "support_agent", "support_lead", "admin"
SUPPORT = {AGENT, LEAD}
EVERYONE = STAFF | SUPPORT | {ADMIN}
CONTACTS = {"support_contact", "technical_contact"}
ANSWERERS = CONTACTS | {"building_coach"}
SEE_STAFF = {"credential_approver", "district_administrator"}
ADMINISTRATORS = {"district_administrator", LEAD}
OVERSEERS = {"credential_approver", "district_administrator"}
MISSING = 999_999_999


@dataclass
class Page:
    """Who may attempt it; which object of their own district it is about; by which methods."""

    may: set
    about: str = ""
    methods: tuple = ("get",)
    public: bool = False
    # Objects of one person: the same right held by someone else in the district finds nothing, but for these.
    own_only: bool = False
    also: frozenset = frozenset()


GET_POST, POST = ("get", "post"), ("post",)
PAGES = {
    "home": Page(EVERYONE),
    "livez": Page(EVERYONE, public=True),
    "readyz": Page(EVERYONE, public=True),
    "status": Page(EVERYONE, public=True),
    "favicon": Page(EVERYONE, public=True),
    "components": Page(EVERYONE, public=True),
    "reports": Page(CONTACTS | SUPPORT),
    "reports_people": Page(CONTACTS | SUPPORT),
    "reports_training": Page(CONTACTS | SUPPORT),
    "reports_districts": Page(SUPPORT),
    "reports_exceptions": Page(SUPPORT),
    **{
        f"reports_csv_{table}": Page(CONTACTS | SUPPORT)
        for table in (
            *("figures", "by-date", "open-by-status", "open-by-area", "schools", "contacts"),
            *("recurring", "recurring-schools", "recurring-contacts"),
        )
    },
    **{
        f"reports_csv_{table}": Page(SUPPORT)
        for table in ("queues", "agents", "districts", "recurring-districts", "exception-districts")
    },
    "reports_csv_exception-agents": Page({LEAD}),
    # contacts
    "contacts:help": Page(EVERYONE, public=True),
    "contacts:district_help": Page(EVERYONE, "slug", public=True),
    "contacts:help_code": Page(EVERYONE, "slug", public=True),
    "contacts:directory": Page(STAFF | SUPPORT),
    "contacts:card": Page(STAFF | SUPPORT),
    "contacts:callers": Page(SUPPORT),
    "contacts:check_caller": Page(SUPPORT, "person", POST),
    "contacts:code": Page(CONTACTS, methods=GET_POST),
    "contacts:ask": Page(STAFF - CONTACTS, methods=GET_POST),
    "contacts:questions": Page(STAFF),
    "contacts:question": Page(STAFF, "question", own_only=True, also=frozenset(ANSWERERS)),
    "contacts:answer": Page(ANSWERERS, "question", POST),
    "contacts:pass_on": Page({"building_coach"}, "question", POST),
    "contacts:choose_person": Page(ADMINISTRATORS),
    "contacts:designate": Page(ADMINISTRATORS, "person", GET_POST),
    "contacts:nominate": Page(ADMINISTRATORS, "person", GET_POST),
    "contacts:nomination": Page(STAFF | {LEAD}, "nomination", own_only=True, also=frozenset(ADMINISTRATORS)),
    "contacts:accept_nomination": Page(STAFF, "nomination", POST, own_only=True),
    "contacts:decline_nomination": Page(STAFF, "nomination", POST, own_only=True),
    "contacts:withdraw_nomination": Page(ADMINISTRATORS, "nomination", POST),
    "contacts:change_acting_end": Page(ADMINISTRATORS, "designation", GET_POST),
    "contacts:contact_requests": Page(ADMINISTRATORS),
    "contacts:contact_request": Page(ADMINISTRATORS, "contact_request"),
    "contacts:approve_contact": Page({LEAD}, "contact_request", POST),
    "contacts:deny_contact": Page({LEAD}, "contact_request", POST),
    "contacts:withdraw_contact_request": Page({"district_administrator"}, "contact_request", POST),
    "contacts:end_designation": Page(ADMINISTRATORS, "designation", GET_POST),
    "contacts:inactive": Page(ADMINISTRATORS),
    "contacts:forecast": Page(ADMINISTRATORS),
    "contacts:coverage": Page(ADMINISTRATORS),
    "contacts:keep": Page(ADMINISTRATORS, "flagged", GET_POST),
    "contacts:deactivate": Page(ADMINISTRATORS, "flagged", GET_POST),
    "contacts:training": Page(ANSWERERS | ADMINISTRATORS),
    "contacts:training_csv": Page(ADMINISTRATORS),
    "contacts:complete_training": Page(ANSWERERS, methods=GET_POST),
    "contacts:training_of": Page(ADMINISTRATORS, "person", GET_POST),
    "contacts:confirm_training": Page(ADMINISTRATORS, "completion", POST),
    "contacts:withdraw_training": Page(
        ANSWERERS | ADMINISTRATORS, "completion", POST, own_only=True, also=frozenset(ADMINISTRATORS)
    ),
    "contacts:agreements": Page(ADMINISTRATORS),
    "contacts:record_agreement": Page(ADMINISTRATORS, methods=GET_POST),
    "contacts:agreement": Page(ADMINISTRATORS, "agreement"),
    "contacts:renew_agreement": Page(ADMINISTRATORS, "agreement", POST),
    "contacts:end_agreement": Page(ADMINISTRATORS, "agreement", GET_POST),
    "contacts:people": Page({"district_administrator"}),
    "contacts:add_person": Page({"district_administrator"}, methods=GET_POST),
    "contacts:person": Page({"district_administrator"}, "person", GET_POST),
    "contacts:invite": Page({"district_administrator"}, "person", POST),
    "contacts:stop_sign_in": Page({"district_administrator"}, "person", GET_POST),
    "contacts:restore_sign_in": Page({"district_administrator"}, "person", POST),
    "contacts:profile": Page(EVERYONE, methods=GET_POST),
    "contacts:settings": Page({"district_administrator"}, methods=GET_POST),
    "contacts:help_snippet": Page({"district_administrator"}),
    "contacts:add_holiday": Page({"district_administrator"}, methods=GET_POST),
    "contacts:remove_holiday": Page({"district_administrator"}, "holiday", POST),
    "contacts:messages": Page(EVERYONE),
    "contacts:deliveries": Page(EVERYONE, methods=GET_POST),
    "contacts:mark_all_read": Page(EVERYONE, methods=POST),
    "contacts:open_message": Page(EVERYONE, "message", GET_POST, own_only=True),
    "contacts:messages_about": Page(EVERYONE, "message", own_only=True),
    "contacts:mark_read": Page(EVERYONE, "message", POST, own_only=True),
    # cases
    "cases:list": Page(CONTACTS | SUPPORT),
    "cases:choose_district": Page(SUPPORT),
    "cases:choose_agent": Page(SUPPORT),
    "cases:choose_contact": Page(CONTACTS | SUPPORT),
    **{f"cases:{verb}_several": Page(SUPPORT, methods=GET_POST) for verb in ("assign", "move", "merge")},
    "cases:new": Page(EVERYONE),
    "cases:similar": Page(CONTACTS),
    "cases:new_exception": Page(SUPPORT, methods=GET_POST),
    "cases:detail": Page(CONTACTS | SUPPORT, "case"),
    "cases:draft": Page(CONTACTS | SUPPORT, "case", POST),
    "cases:join": Page(CONTACTS, "case", POST),
    "cases:here": Page(SUPPORT, "case", POST),
    "cases:take": Page(SUPPORT, "case", POST),
    "cases:assign": Page(SUPPORT, "case", POST),
    "cases:reply": Page(CONTACTS | SUPPORT, "case", POST),
    "cases:note": Page(SUPPORT, "case", POST),
    "cases:ask": Page(SUPPORT, "case", POST),
    "cases:resolve": Page(SUPPORT, "case", POST),
    "cases:resume": Page(SUPPORT, "case", POST),
    "cases:request_assist": Page(SUPPORT, "case", POST),
    "cases:schedule": Page(SUPPORT, "case", POST),
    "cases:send_to_development": Page(SUPPORT, "case", POST),
    "cases:escalate": Page(SUPPORT, "case", POST),
    "cases:correct": Page(SUPPORT, "case", POST),
    "cases:prioritize": Page(SUPPORT, "case", POST),
    "cases:record_call": Page(CONTACTS | SUPPORT, "case", POST),
    "cases:confirm_call": Page(CONTACTS, "case", POST),
    "cases:record_phone_follow_up": Page(CONTACTS | SUPPORT, "critical", POST),
    **{f"cases:{verb}": Page(SUPPORT, "case", POST) for verb in ("merge", "split", "relate", "unrelate")},
    "cases:unmerge": Page(SUPPORT, "merged", POST),
    "cases:hand_over": Page(SUPPORT, "exception", POST),
    "cases:accept": Page(CONTACTS, "exception", POST),
    "cases:close": Page(CONTACTS, "case", POST),
    "cases:reopen": Page(CONTACTS, "case", POST),
    # updates
    "updates:sites": Page(CONTACTS | SUPPORT),
    "updates:request_refresh": Page({"technical_contact"}, "site", GET_POST),
    "updates:request_version": Page({"technical_contact"}, "site", GET_POST),
    "updates:calendar": Page(CONTACTS | SUPPORT),
    "updates:reset_feed": Page(CONTACTS | SUPPORT, methods=POST),
    "updates:feed": Page(EVERYONE, "feed", public=True),
    "updates:history": Page(CONTACTS | SUPPORT),
    "updates:history_csv": Page(CONTACTS | SUPPORT),
    "updates:request": Page(CONTACTS | SUPPORT, "update"),
    "updates:schedule": Page(SUPPORT, "update", POST),
    "updates:start": Page(SUPPORT, "scheduled", POST),
    "updates:complete": Page(SUPPORT, "running", POST),
    "updates:decline": Page(SUPPORT, "update", POST),
    "updates:cancel": Page({"technical_contact"} | SUPPORT, "update", POST),
    # notices
    "notices:open": Page(STAFF | SUPPORT),
    "notices:closed": Page(STAFF | SUPPORT),
    "notices:post": Page(SUPPORT, methods=GET_POST),
    "notices:notice": Page(STAFF | SUPPORT, "notice"),
    "notices:change": Page(SUPPORT, "notice", GET_POST),
    "notices:update": Page(SUPPORT, "notice", POST),
    "notices:resolve": Page(SUPPORT, "notice", POST),
    "notices:dismiss": Page(STAFF | SUPPORT, "notice", POST),
    "notices:affects_us": Page(CONTACTS, "notice", POST),
    "notices:tie": Page(SUPPORT, "notice", POST),
    "notices:untie": Page(SUPPORT, "tied", POST),
    "notices:answer": Page(SUPPORT, "notice", GET_POST),
    # credentials
    "credentials:records": Page(STAFF),
    "credentials:request_update": Page(STAFF, "record", GET_POST, own_only=True),
    "credentials:request_new": Page(STAFF, methods=GET_POST),
    "credentials:own_courses": Page(STAFF),
    "credentials:courses": Page(SEE_STAFF),
    "credentials:courses_at_risk": Page(SEE_STAFF),
    "credentials:course": Page(SEE_STAFF, "course"),
    "credentials:course_rule": Page({"district_administrator"}, "course", GET_POST),
    "credentials:add_first_rules": Page({"district_administrator"}, methods=POST),
    "credentials:remove_requirement": Page({"district_administrator"}, "requirement", POST),
    "credentials:requests": Page(STAFF),
    "credentials:request": Page(STAFF, "request", own_only=True),
    "credentials:edit": Page(STAFF, "request", GET_POST, own_only=True),
    "credentials:withdraw": Page(STAFF, "request", POST, own_only=True),
    "credentials:records_csv": Page({"district_administrator"}),
    "credentials:records_edfi": Page({"district_administrator"}),
    "credentials:import_records": Page({"district_administrator"}, methods=GET_POST),
    "credentials:ahead": Page(OVERSEERS),
    "credentials:remind": Page(OVERSEERS, methods=POST),
    "credentials:approvals": Page({"credential_approver"}),
    "credentials:decide": Page({"credential_approver"}, "request"),
    "credentials:approve": Page({"credential_approver"}, "request", POST),
    "credentials:deny": Page({"credential_approver"}, "request", POST),
    "credentials:return": Page({"credential_approver"}, "request", POST),
    "credentials:approve_several": Page({"credential_approver"}, methods=GET_POST),
    "credentials:delegations": Page({"credential_approver"}, methods=GET_POST),
    "credentials:end_delegation": Page({"credential_approver"}, "delegation", POST, own_only=True),
    "credentials:staff": Page({"district_administrator"}),
    "credentials:staff_member": Page({"district_administrator"}, "person"),
    "credentials:request_new_for": Page({"district_administrator"}, "person", GET_POST),
    "credentials:request_update_for": Page({"district_administrator"}, "record", GET_POST),
    "credentials:standstill": Page({"district_administrator"}),
    "credentials:rights": Page({"district_administrator"}, methods=GET_POST),
    "credentials:end_right": Page({"district_administrator"}, "right", POST),
    "credentials:ways": Page({"district_administrator"}, methods=GET_POST),
}
# allauth's own pages; tests/portal/test_sign_in.py walks them.
SIGN_IN = {
    *(f"account_{page}" for page in ("login", "signup", "inactive", "reauthenticate", "set_password")),
    *(f"account_{page}" for page in ("logout", "change_password", "reset_password", "reset_password_done")),
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    *(f"mfa_{page}" for page in ("index", "authenticate", "reauthenticate", "activate_totp", "deactivate_totp")),
    *(f"mfa_{page}_recovery_codes" for page in ("view", "generate", "download")),
}


def addresses(resolver=None, namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or str(entry.pattern))
        else:
            yield from addresses(entry, namespace + (f"{entry.namespace}:" if entry.namespace else ""))


def test_every_address_is_in_the_table():
    assert {name for name in addresses() if not name.startswith("admin:")} == PAGES.keys() | SIGN_IN


def district_world():
    """A district with a person in each role and one of each thing."""
    district = DistrictFactory()
    people = {
        role or "teacher": UserFactory(district=district, roles=[role] if role else []) for role in DISTRICT_ROLES
    }
    colleague = UserFactory(district=district)
    contact = people["support_contact"]
    flagged = DesignationFactory(
        user=UserFactory(district=district), flagged_at="2026-01-01T00:00Z", started_at="2025-01-01T00:00Z"
    )
    record = CredentialRecordFactory(holder=colleague)
    case = CaseFactory(contact=contact)
    update = UpdateRequestFactory(site__district=district)
    notice = NoticeFactory(districts=[district])
    closed = {"status": Case.Status.CLOSED, "closed_at": timezone.now()}
    things = SimpleNamespace(
        slug=district.slug,
        person=colleague.pk,
        designation=contact.designations.get().pk,
        flagged=flagged.pk,
        message=MessageFactory(recipient=colleague).pk,
        case=case.pk,
        critical=CaseFactory(contact=contact, priority=Case.Priority.CRITICAL, phone_due_at=timezone.now()).pk,
        merged=CaseFactory(contact=contact, merged_into=case, **closed).pk,
        exception=CaseFactory(
            district=district, contact=None, is_exception=True, caller_name="x", caller_reach="y", emergency="z"
        ).pk,
        agreement=AgreementFactory(district=district).pk,
        holiday=DistrictHolidayFactory(district=district, first_on=date(2026, 12, 21)).pk,
        nomination=NominationFactory(nominee=colleague, nominated_by=people["district_administrator"]).pk,
        contact_request=ContactRequestFactory(person=colleague).pk,
        question=StaffQuestionFactory(asker=colleague, went_to="coach").pk,
        completion=TrainingCompletionFactory(person=colleague).pk,
        site=update.site_id,
        update=update.pk,
        scheduled=VersionUpdateFactory(site=update.site, status=UpdateRequest.Status.SCHEDULED).pk,
        running=VersionUpdateFactory(site__district=district, site__kind="staging", status="in_progress").pk,
        feed=f"{contact.pk}-{reset_calendar_feed(by=contact)[1]}",
        notice=notice.pk,
        tied=NoticeCase.objects.create(notice=notice, district=district, case=case, tied_by=notice.posted_by).case_id,
        record=record.pk,
        course=(requirement := RequirementFactory(course__district=district)).course_id,
        requirement=requirement.pk,
        request=CredentialRequestFactory(requester=colleague).pk,
        delegation=ApprovalDelegationFactory(approver=colleague, delegate=people["credential_approver"]).pk,
        right=RequestGrantFactory(granted_by=people["district_administrator"]).pk,
    )
    return SimpleNamespace(people=people, things=things, colleague=colleague)


@pytest.fixture
def world():
    support = {
        AGENT: AgentFactory(),
        LEAD: AgentFactory(roles=[Role.SUPPORT_LEAD]),
        ADMIN: UserFactory(district=None, is_staff=True),
    }
    return SimpleNamespace(own=district_world(), other=district_world(), support=support)


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


def visit(client, name, page, method, things):
    """The answer to one request, whose changes are taken back at once."""
    if page.about == "slug":
        kwargs = {"slug": things.slug}
    elif page.about:
        (argument,) = arguments_of(name)
        kwargs = {argument: getattr(things, page.about)}
    else:
        kwargs = {}
    with transaction.atomic():
        response = getattr(client, method)(reverse(name, kwargs=kwargs))
        transaction.set_rollback(True)
    return response


def arguments_of(name):
    app, _, own = name.rpartition(":")
    resolver = get_resolver()
    for part in filter(None, app.split(":")):
        resolver = resolver.namespace_dict[part][1]
    return resolver.reverse_dict.getlist(own)[0][0][0][1]


def without_token(response):
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)


def every_request(pages=PAGES):
    return [(name, page, method) for name, page in pages.items() for method in page.methods]


def test_strangers_are_sent_to_sign_in_except_from_public_pages(world):
    for name, page, method in every_request():
        response = visit(Client(), name, page, method, world.own.things)
        if page.public:
            assert response.status_code in (200, 301), name
        elif method == "post":
            assert response.status_code == 401, name
            assert f'href="{reverse("account_login")}"' in response.content.decode(), name
        else:
            assert response.status_code == 302, name
            assert response.url.startswith(reverse("account_login")), name


def test_each_role_reaches_what_the_table_says_in_its_own_district(world):
    for role, person in {**world.own.people, **world.support}.items():
        client = Client()
        client.force_login(person)
        for name, page, method in every_request():
            response = visit(client, name, page, method, world.own.things)
            if role not in page.may and not page.public:
                assert response.status_code == 403, (name, role, method)
            elif page.own_only and role not in page.also:
                assert response.status_code == 404, (name, role, method)
            else:
                assert response.status_code in (200, 301, 302), (name, role, method, response.status_code)


def test_what_belongs_to_one_person_is_found_by_that_person_alone(world):
    client = Client()
    client.force_login(world.own.colleague)
    for name, page, method in every_request():
        # A colleague without a role reaches what every role reaches.
        if page.own_only and "teacher" in page.may:
            assert visit(client, name, page, method, world.own.things).status_code in (200, 302), (name, method)


def test_another_district_is_not_found_just_like_what_does_not_exist(world):
    nothing = SimpleNamespace(**dict.fromkeys(vars(world.own.things), MISSING))
    for role, person in world.other.people.items():
        client = Client()
        client.force_login(person)
        for name, page, method in every_request():
            if not page.about or page.public:
                continue
            theirs = visit(client, name, page, method, world.own.things)
            missing = visit(client, name, page, method, nothing)
            assert theirs.status_code == (404 if role in page.may else 403), (name, role, method)
            assert without_token(theirs) == without_token(missing), (name, role, method)


def test_only_contacts_submit_a_case(world):
    for role, person in {**world.own.people, **world.support}.items():
        client = Client()
        client.force_login(person)
        assert client.post(reverse("cases:new")).status_code == (200 if role in CONTACTS else 403), role


def admin_addresses():
    yield reverse("admin:index")
    for model, model_admin in admin.site._registry.items():
        for url in model_admin.get_urls():
            if url.name:
                arguments = [MISSING] if url.pattern.converters else []
                yield reverse(f"admin:{url.name}", args=arguments)
        yield reverse("admin:app_list", args=[model._meta.app_label])


def test_the_admin_is_for_django_admins_alone(world):
    for role, person in {None: None, **world.own.people, **world.support}.items():
        client = Client()
        if person:
            client.force_login(person)
        if role == ADMIN:
            assert client.get(reverse("admin:index")).status_code == 200
            continue
        for address in admin_addresses():
            for method in ("get", "post"):
                response = getattr(client, method)(address)
                assert response.status_code in (302, 401, 403), (address, role, response.status_code)


READ_ONLY = [
    *(Case, TimelineEntry, CredentialRecord, CredentialRequest, Message, MessageDelivery, AuditEvent, Nomination),
    ContactRequest,
]
READ_ONLY += [UpdateRequest, CalendarFeed, Notice]


def test_what_may_not_be_changed_in_the_admin_cannot_be(world):
    client = Client()
    client.force_login(world.support[ADMIN])
    for model in READ_ONLY:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model.objects.first() or AuditEvent.objects.create(action="x", actor_label="x", object_type="x")
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, model
        assert client.get(reverse(f"{name}_add")).status_code == 403, model
        assert client.post(reverse(f"{name}_change", args=[row.pk])).status_code == 403, model
        assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403, model


def test_who_moved_to_another_district_reaches_nothing_of_the_old_one(world):
    for role, person in world.own.people.items():
        if role == "district_administrator":  # The only one, who stays.
            continue
        moved = move_to_district(person, to=world.other.colleague.district, by=None)
        client = Client()
        client.force_login(moved)
        for name, page, method in every_request():
            if page.may and not page.public and "teacher" not in page.may:
                assert visit(client, name, page, method, world.other.things).status_code == 403, (name, role)
                assert visit(client, name, page, method, world.own.things).status_code == 403, (name, role)


def test_a_role_that_has_ended_opens_nothing(world):
    contact = world.own.people["support_contact"]
    contact.designations.update(ended_at="2030-01-01T00:00Z")
    client = Client()
    client.force_login(contact)
    for name, page, method in every_request():
        if page.may and page.may <= CONTACTS | SUPPORT:
            assert visit(client, name, page, method, world.own.things).status_code == 403, name
