from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case, TimelineEntry
from contacts import ActionRefused
from tests.factories import AgentFactory, CaseFactory

# Written out a second time, so that a slip in the model's own table shows. A new case reaches the other statuses by way
# of Assigned, since whatever an agent does with it takes it.
ALLOWED = {
    ("new", "assigned"), ("new", "closed"),
    ("assigned", "assist_request"), ("assigned", "pending_input"), ("assigned", "pending_verification"),
    ("assigned", "scheduled"), ("assigned", "development"), ("assigned", "closed"),
    ("assist_request", "pending_input"), ("pending_input", "pending_input"), ("pending_verification", "pending_input"),
    ("scheduled", "pending_input"), ("development", "pending_input"),
    ("assist_request", "assigned"), ("assist_request", "pending_verification"), ("assist_request", "closed"),
    ("pending_input", "assigned"), ("pending_input", "pending_verification"), ("pending_input", "closed"),
    ("pending_verification", "assigned"), ("pending_verification", "pending_verification"),
    ("pending_verification", "closed"),
    ("scheduled", "assigned"), ("scheduled", "pending_verification"), ("scheduled", "closed"),
    ("development", "assigned"), ("development", "pending_verification"), ("development", "closed"),
    ("closed", "assigned"), ("closed", "new"),
}  # fmt: skip


Action = TimelineEntry.Action


@pytest.mark.parametrize("start", Case.Status.values)
@pytest.mark.parametrize("end", Case.Status.values)
def test_a_case_goes_only_where_the_statuses_allow(start, end):
    case = Case(number=100001, status=start, contact_id=1)
    if (start, end) in ALLOWED:
        case.become(end)
        assert case.status == end
    else:
        with pytest.raises(ActionRefused, match=r"Case 100001 is .* cannot become"):
            case.become(end)
        assert case.status == start


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("a_case_has_a_contact_or_is_an_exception", {"contact": None}),
        ("an_issue_has_steps_to_replicate", {"kind": Case.Kind.ISSUE, "steps_to_replicate": ""}),
        ("an_exception_says_who_called_and_why", {"is_exception": True, "caller_name": "Somebody"}),
        ("a_closed_case_says_when", {"status": Case.Status.CLOSED}),
        ("a_closed_case_says_when", {"closed_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("only_an_exception_is_handed_over", {"handed_over_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("only_an_exception_is_to_be_accepted", {"handover_due_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("only_an_exception_is_to_be_accepted", {"handover_reminded_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("a_case_being_worked_has_an_assignee", {"status": Case.Status.ASSIGNED}),
        ("a_scheduled_case_has_a_date", {"status": Case.Status.SCHEDULED}),
        ("a_case_in_development_has_a_defect_reference", {"status": Case.Status.DEVELOPMENT}),
        ("an_assist_request_names_the_agent_asked", {"status": Case.Status.ASSIST_REQUEST}),
        ("a_case_is_escalated_to_level_1_to_3", {"escalation_level": 4}),
        ("a_case_is_escalated_to_level_1_to_3", {"escalation_level": 0}),
    ],
)
def test_the_database_refuses_a_case_that_must_never_be(named, wrong, contact):
    worked = {"assignee": AgentFactory()} if named != "a_case_being_worked_has_an_assignee" else {}
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        CaseFactory(**{"contact": contact, "district": contact.district} | worked | wrong)


@pytest.mark.django_db
def test_the_database_refuses_to_close_an_exception_case_before_it_is_handed_over(exception_case):
    with pytest.raises(IntegrityError, match="an_exception_is_handed_over_before_it_is_closed"), transaction.atomic():
        Case.objects.filter(pk=exception_case.pk).update(
            status=Case.Status.CLOSED, closed_at=datetime(2026, 1, 1, tzinfo=UTC)
        )


@pytest.mark.django_db
def test_the_database_refuses_an_exception_case_that_says_not_by_when_or_asks_after_it_is_accepted(
    exception_case, contact
):
    asked = Case.objects.filter(pk=exception_case.pk)
    for named, wrong in [
        ("an_exception_says_by_when_it_is_accepted", {"handover_due_at": None}),
        ("a_contact_is_asked_until_one_accepts", {"contact": contact, "handover_to": contact}),
    ]:
        with pytest.raises(IntegrityError, match=named), transaction.atomic():
            asked.update(**wrong)


@pytest.mark.django_db
def test_the_database_refuses_a_merged_case_that_is_open_or_merged_into_itself(case_in):
    one, other = case_in(Case.Status.CLOSED), case_in(Case.Status.ASSIGNED)
    for case, into in [(one, one), (other, one)]:
        with pytest.raises(IntegrityError, match="a_merged_case_is_closed_into_another"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(merged_into=into)


def test_an_exception_case_refuses_in_words_to_be_closed_before_it_is_handed_over():
    case = Case(number=100001, status=Case.Status.ASSIGNED, is_exception=True)
    with pytest.raises(ActionRefused, match="of the district accepts it before it is closed"):
        case.become(Case.Status.CLOSED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "is_internal", "text", "named"),
    [
        (Action.NOTED, False, "words", "a_note_and_only_a_note_is_internal"),
        (Action.REPLIED, True, "words", "a_note_and_only_a_note_is_internal"),
        (Action.REPLIED, False, "", "what_is_said_has_words"),
        (Action.RESOLVED, False, "", "what_is_said_has_words"),
    ],
)
def test_the_database_refuses_a_timeline_entry_that_must_never_be(step, is_internal, text, named, case_in):
    case = case_in(Case.Status.NEW)
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        TimelineEntry.objects.create(
            case=case, district=case.district, action=step, is_internal=is_internal, text=text, status=case.status
        )


@pytest.mark.django_db
def test_a_case_can_be_reopened_until_the_end_of_the_60th_day_in_the_districts_zone(case_in):
    closed_at = datetime(2026, 1, 2, 4, 0, tzinfo=UTC)  # January 1, 10:00 PM in Chicago
    case = case_in(Case.Status.CLOSED, closed_at=closed_at)
    end_of_day_60 = datetime(2026, 3, 3, 5, 59, tzinfo=UTC)  # March 2, 11:59 PM in Chicago
    assert f"{case.reopen_until}" == "2026-03-02"
    assert case.may_reopen(end_of_day_60)
    assert not case.may_reopen(end_of_day_60 + timedelta(minutes=1))


@pytest.mark.django_db
def test_numbers_are_said_on_the_phone_and_have_six_digits(case_in):
    assert 100_000 < case_in(Case.Status.NEW).number < 1_000_000


@pytest.mark.django_db
def test_the_home_page_finds_what_waits_for_whom(case_in, exception_case, agent):
    new, asked, resolved = map(case_in, (Case.Status.NEW, Case.Status.PENDING_INPUT, Case.Status.PENDING_VERIFICATION))
    case_in(Case.Status.CLOSED)
    of_another = case_in(Case.Status.ASSIGNED, assignee=AgentFactory())
    assert set(Case.objects.waiting_for_district()) == {asked, resolved}
    assert set(Case.objects.unassigned()) == {new}
    assert set(Case.objects.assigned_to(agent)) == {asked, resolved, exception_case}
    assert set(Case.objects.awaiting_handover()) == {exception_case}
    assert of_another in Case.objects.open()
