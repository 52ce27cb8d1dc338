"""The demo looks like two districts at work."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from cases import actions
from cases.models import Case, Notice, ProductArea, TimelineEntry, UpdateRequest
from contacts.models import (
    ContactRequest,
    Designation,
    District,
    Kind,
    Message,
    Nomination,
    Role,
    StaffQuestion,
    TrainingCompletion,
    User,
)
from credentials.models import (
    ApprovalDelegation,
    CredentialRecord,
    CredentialRequest,
    CredentialType,
    TypeRule,
    may_request,
)
from portal.demo import PASSWORD

pytestmark = pytest.mark.django_db
FIXED = ["teacher", "coach", "support", "technical", "administrator", "approver"]


@pytest.fixture
def demo(settings):
    settings.DEMO, settings.SUPPORT_PHONE = True, "555-0199"
    call_command("load_demo", verbosity=0)


def test_the_fixed_people_of_both_districts_and_of_support_can_sign_in(demo):
    addresses = [f"{name}@{domain}" for name in FIXED for domain in ("demo.example", "other.example")]
    addresses += ["agent@support.example", "lead@support.example", "admin@support.example"]
    for address in addresses:
        assert User.objects.get(email=address).check_password(PASSWORD)


def test_there_are_two_districts_with_schools_and_some_forty_people(demo):
    assert [district.schools.count() >= 3 for district in District.objects.all()] == [True, True]
    assert 38 <= User.objects.count() <= 45
    assert set(Designation.objects.values_list("role", flat=True)) == set(Role)
    assert Designation.objects.flagged().count() == 2
    assert Designation.objects.filter(user__is_active=False, end_reason="Can no longer sign in.").count() == 2
    assert not Designation.objects.current().filter(user__is_active=False).exists()


def test_one_contact_works_for_another_organization_whose_agreement_expires_in_some_weeks(demo):
    held = Designation.objects.current().get(agreement__isnull=False)
    assert held.ends_at == held.agreement.expires_at
    assert timedelta(days=30) < held.ends_at - timezone.now() < timedelta(days=60)


def test_one_question_of_staff_is_answered_one_became_a_case_and_some_wait(demo):
    found = {status: StaffQuestion.objects.filter(status=status).count() for status in StaffQuestion.Status}
    assert found == {"new": 3, "answered": 1, "brought": 1}
    assert Case.objects.get(question__isnull=False).question.reference
    coach = User.objects.get(email="coach@demo.example")
    assert StaffQuestion.objects.waiting_for(coach).exists()


def test_some_contacts_completed_what_is_expected_and_some_lack_it(demo):
    expected = Designation.objects.authorized_contacts()
    assert expected.untrained().count() >= 2
    assert expected.exclude(pk__in=expected.untrained()).count() >= 2
    completions = TrainingCompletion.objects.all()
    assert {completion.is_self_reported for completion in completions} == {True, False}
    assert completions.filter(confirmed_at__isnull=False).exists()


def test_one_coach_of_each_district_is_away_and_another_covers_for_them(demo):
    away = User.objects.filter(away_until__gt=timezone.localdate())
    assert [person.district.slug for person in away.order_by("district__slug")] == ["demo", "other"]
    assert {person.cover for person in away} <= set(User.objects.who_answer_staff())


def test_one_district_asks_for_another_contact_and_one_of_its_contacts_to_act_as_technical_contact(demo):
    asked = ContactRequest.objects.open().get()
    assert asked.district.support_contacts >= asked.district.support_contacts_allowed
    assert Nomination.objects.open().get().nominee == User.objects.get(email="support@other.example")


def test_everybody_has_an_invented_address(demo):
    assert not User.objects.exclude(email__endswith=".example").exists()


def test_two_years_of_work_lie_before_now(demo):
    now = timezone.now()
    begun = list(Case.objects.order_by("created_at").values_list("created_at", flat=True))
    assert timedelta(days=700) < now - begun[0] < timedelta(days=740)
    assert now - begun[len(begun) // 2] < timedelta(days=400)
    assert begun[-1] <= now
    assert not Case.objects.filter(updated_at__gt=now).exists()
    assert not TimelineEntry.objects.filter(created_at__gt=now).exists()


def test_cases_are_merged_split_linked_and_talked_about(demo):
    merged = Case.objects.get(merged_into__isnull=False)
    new = Case.objects.get(split_from__isnull=False)
    assert new.split_from.case == merged.merged_into
    assert new.number in merged.merged_into.linked_numbers
    host = User.objects.get(email="support@demo.example")
    assert merged.merged_into.calls.to_confirm_by(host).count() == 1


def test_there_are_two_hundred_cases_of_every_status_urgency_priority_and_product_area(demo):
    assert 190 <= Case.objects.count() <= 210
    assert set(Case.objects.values_list("status", flat=True)) == set(Case.Status)
    assert set(Case.objects.values_list("urgency", flat=True)) == set(Case.Urgency)
    assert set(Case.objects.values_list("priority", flat=True)) == set(Case.Priority)
    assert set(Case.objects.values_list("kind", flat=True)) == set(Case.Kind)
    assert not ProductArea.objects.filter(cases=None).exists()
    assert set(TimelineEntry.objects.values_list("action", flat=True)) >= {"noted", "asked", "resolved", "closed"}


def test_one_exception_case_is_accepted_one_asks_a_contact_and_one_is_overdue(demo):
    support, elsewhere = (User.objects.get(email=f"support@{where}.example") for where in ("demo", "other"))
    overdue = Case.objects.handover_overdue(timezone.now()).get()
    asked = Case.objects.awaiting_handover().exclude(pk=overdue.pk).get()
    assert (asked.handover_to, overdue.handover_to) == (support, elsewhere)
    assert (
        Case.objects.filter(is_exception=True, handed_over_at__isnull=False, status="assigned").get().contact == support
    )
    assert actions.remind_of_handovers() == 1


def test_one_priority_is_overruled_and_a_call_is_awaited_from_each_district(demo):
    assert Case.objects.filter(is_exception=False).exclude(priority_reason="").count() == 1
    awaited = Case.objects.filter(phone_due_at__gt=timezone.now())
    assert set(awaited.values_list("district", flat=True)) == set(District.objects.values_list("pk", flat=True))


def test_every_case_says_when_it_last_changed(demo):
    for case in Case.objects.prefetch_related("timeline"):
        shown = [entry for entry in case.timeline.all() if not entry.is_internal]
        assert shown[0].created_at >= case.created_at
        assert abs((case.updated_at - shown[-1].created_at).total_seconds()) < 3700 * 3
        assert shown[-1].status == case.status


def test_there_are_records_of_every_type_and_requests_in_every_state(demo):
    held = CredentialRecord.objects.values("type").annotate(count=Count("pk"))
    assert len(held) == CredentialType.objects.count()
    assert set(CredentialRequest.objects.values_list("status", flat=True)) == set(CredentialRequest.Status)
    assert CredentialRequest.objects.pending().filter(is_new=False).count() == 2


def test_messages_are_of_many_kinds_and_some_people_chose_how_they_are_told(demo):
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert kinds >= {Kind.ANSWER, Kind.TO_DECIDE, Kind.DECIDED, Kind.CASE, Kind.UPDATE, Kind.CONTACTS, Kind.ACCOUNT}
    support = User.objects.get(email="support@demo.example")
    assert len(set(support.messages.values_list("kind", flat=True))) >= 4
    assert {each.delivery for each in support.message_deliveries.all()} == {"digest", "here"}


def test_some_messages_are_read_some_are_not_and_none_is_mailed(demo):
    assert Message.objects.unread().exists()
    assert Message.objects.exclude(read_at=None).exists()
    assert not Message.objects.filter(emailed_at=None).exists()
    for name in ("teacher", "approver", "support", "technical"):
        assert User.objects.get(email=f"{name}@demo.example").messages.exists(), name


def test_the_demo_goes_only_into_an_empty_database(demo):
    with pytest.raises(CommandError, match="an empty database only"):
        call_command("load_demo", verbosity=0)


def test_the_demo_needs_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("load_demo", verbosity=0)
    assert not User.objects.exists()


def test_a_refresh_is_scheduled_an_update_waits_and_one_was_done(demo):
    found = {update.status: update for update in UpdateRequest.objects.all()}
    assert found.keys() == {"scheduled", "requested", "completed"}
    assert found["scheduled"].kind == "refresh"
    assert found["scheduled"].scheduled_start > timezone.now()
    assert found["completed"].site.version == found["completed"].target
    assert not found["completed"].district.in_state_edition


def test_an_incident_and_maintenance_are_open_and_one_incident_is_over(demo):
    found = {notice.kind: notice for notice in Notice.objects.open()}
    assert found.keys() == {"incident", "maintenance"}
    assert found["incident"].reports.get().district.slug == "demo"
    assert found["incident"].ties.exists()
    assert found["maintenance"].starts_at > timezone.now()
    assert Notice.objects.closed().count() == 1


def test_approvals_are_shared_in_one_district_and_requests_limited_in_the_other(demo):
    principal = User.objects.get(email="v.sandoval@demo.example")
    assert Designation.objects.current().get(user=principal).school == principal.school
    assert ApprovalDelegation.objects.get().delegate == principal
    assert TypeRule.objects.get().way == "two"
    may = {each.email: may_request(each) for each in User.objects.filter(district__slug="other", is_active=True)}
    assert {may[f"{name}@other.example"] for name in ("teacher", "coach", "q.esposito", "f.haddad")} == {True}
    assert not may["z.merritt@other.example"]
