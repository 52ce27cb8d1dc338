"""Whom a notice affects: districts that say so themselves, and cases that are answered together."""

from uuid import uuid4, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case, Notice, NoticeReport
from contacts import ActionRefused, scope
from contacts.models import AuditEvent, Role
from tests.factories import AgentFactory, CaseFactory, MaintenanceFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db
SAID = {"users_affected": 40, "note": "Two schools so far."}


def press(client, notice, **said):
    return client.post(reverse("notices:affects_us", args=[notice.pk]), SAID | said)


def test_one_press_adds_the_district_and_support_sees_the_scope_grow(sign_in, contact, agent):
    notice, other = NoticeFactory(everyone=True), UserFactory(roles=[Role.TECHNICAL_CONTACT])
    assert press(sign_in(contact), notice).url == notice.get_absolute_url()
    press(sign_in(other), notice, users_affected=2)
    text = sign_in(agent).get(notice.get_absolute_url()).content.decode()
    assert "<strong>2 districts, 42 people</strong>" in text
    assert text.count("Two schools so far.") == 2
    assert AuditEvent.objects.filter(action="notice.report", actor_key=str(contact.pk)).exists()


def test_the_district_reads_what_it_said_itself_and_presses_no_second_time(sign_in, contact, technical_contact):
    notice = NoticeFactory(everyone=True)
    press(sign_in(UserFactory(roles=[Role.SUPPORT_CONTACT])), notice, note="Elsewhere.")
    press(sign_in(contact), notice)
    text = sign_in(technical_contact).get(notice.get_absolute_url()).content.decode()
    assert f"{contact} told Support" in text
    assert "it affects 40 people of your district" in text
    assert "Elsewhere." not in text
    page = press(sign_in(technical_contact), notice, users_affected=41)
    assert page.status_code == 409
    assert f"{contact} already said that this affects your district." in page.content.decode()
    assert NoticeReport.objects.filter(district=contact.district).get().users_affected == 40


def test_the_same_press_twice_is_one(sign_in, contact):
    notice = NoticeFactory(everyone=True)
    assert [press(sign_in(contact), notice).status_code for _ in range(2)] == [302, 302]
    assert NoticeReport.objects.count() == 1


def test_a_public_incident_of_others_then_counts_as_the_districts_own(contact, teacher, agent):
    notice = NoticeFactory(is_public=True)
    assert not Notice.objects.affecting(teacher).exists()
    actions.report_affected(notice, by=contact, **SAID)
    assert Notice.objects.affecting(teacher).get() == notice
    actions.update_notice(notice, by=agent, text="News.", expected_end=None)
    actions.resolve_notice(notice, by=agent, text="Over.")
    titles = [f"Resolved: {notice.title}", f"Update: {notice.title}"]
    assert list(contact.messages.values_list("title", flat=True)) == titles


def test_it_stays_the_districts_own_when_it_is_public_no_more(contact, teacher):
    notice = NoticeFactory(is_public=True)
    actions.report_affected(notice, by=contact, **SAID)
    Notice.objects.update(is_public=False)
    assert Notice.objects.visible_to(teacher).get() == notice
    with scope.of_district(teacher.district):
        assert Notice.objects.get() == notice


@pytest.mark.parametrize("typed", [{"users_affected": ""}, {"users_affected": "0"}, {"users_affected": "9" * 12}])
def test_how_many_people_it_affects_is_asked(sign_in, contact, typed):
    notice = NoticeFactory(everyone=True)
    page = press(sign_in(contact), notice, **typed)
    assert page.status_code == 200
    assert "Two schools so far.</textarea>" in page.content.decode()
    assert not NoticeReport.objects.exists()


def test_neither_a_closed_notice_nor_maintenance_takes_a_press(sign_in, contact):
    closed = NoticeFactory(everyone=True, resolved_at=timezone.now())
    page = press(sign_in(contact), closed)
    assert page.status_code == 409
    assert "This notice is closed. Submit a case if the problem is still there." in page.content.decode()
    page = press(sign_in(contact), MaintenanceFactory(everyone=True))
    assert "Only an incident is reported." in page.content.decode()
    assert not NoticeReport.objects.exists()


def test_only_who_may_press_sees_the_form(sign_in, teacher, contact, agent):
    notice = NoticeFactory(everyone=True)
    shown = [
        "This affects us too" in sign_in(person).get(notice.get_absolute_url()).content.decode()
        for person in (teacher, agent, contact)
    ]
    assert shown == [False, False, True]


def test_cases_are_tied_by_number_and_their_districts_are_affected(sign_in, agent, contact):
    notice, cases = NoticeFactory(), [CaseFactory(contact=contact), CaseFactory()]
    numbers = f"{cases[0].number}, {cases[1].number}\n"
    tied = sign_in(agent).post(reverse("notices:tie", args=[notice.pk]), {"numbers": numbers})
    assert tied.url == notice.get_absolute_url()
    assert {tie.case for tie in notice.ties.all()} == {*cases}
    assert [Notice.objects.affecting(case.contact).get() for case in cases] == [notice, notice]
    assert Notice.objects.affecting(contact).get() == notice
    assert AuditEvent.objects.filter(action="notice.tie").count() == 2


def test_a_number_that_is_no_case_ties_nothing(sign_in, agent):
    notice, case = NoticeFactory(), CaseFactory()
    page = sign_in(agent).post(reverse("notices:tie", args=[notice.pk]), {"numbers": f"{case.number} 999"})
    assert "There is no case with this number: 999." in page.content.decode()
    assert not notice.ties.exists()


def test_a_case_is_tied_to_one_notice_until_it_is_untied(sign_in, agent):
    first, second = NoticeFactory.create_batch(2)
    case = CaseFactory()
    for _ in range(2):
        actions.tie_cases(first, [case], by=agent)
    with pytest.raises(ActionRefused, match=f"is tied to “{first.title}” already"):
        actions.tie_cases(second, [case], by=agent)
    assert sign_in(agent).post(reverse("notices:untie", args=[case.number])).url == first.get_absolute_url()
    actions.untie_case(case, by=agent)
    assert not Notice.objects.affecting(case.contact).exists()
    with scope.of_district(case.district):
        assert not Notice.objects.exists()
    actions.tie_cases(second, [case], by=agent)
    assert case.tie.notice == second
    with scope.of_district(case.district):
        assert Notice.objects.get() == second


def test_a_district_whose_case_is_tied_is_told_though_the_notice_is_changed_from_an_older_page(agent, change, post):
    notice, case = post(), CaseFactory()
    actions.tie_cases(notice, [case], by=agent)
    change(notice, title="Attendance is very slow", text="We know more.")
    assert case.contact.messages.filter(title__startswith="Update: Attendance is very slow").exists()


def test_a_district_whose_case_is_tied_may_say_that_it_is_affected(agent):
    notice, case = NoticeFactory(), CaseFactory()
    actions.tie_cases(notice, [case], by=agent)
    with scope.of_district(case.district):
        assert actions.report_affected(notice, by=case.contact, **SAID).district == case.district


def test_nothing_is_tied_to_a_closed_notice(agent):
    with pytest.raises(ActionRefused, match="is closed"):
        actions.tie_cases(NoticeFactory(resolved_at=timezone.now()), [CaseFactory()], by=agent)


def test_a_contact_sees_the_tied_cases_of_the_own_district_alone(sign_in, agent, contact, teacher):
    notice, own, other = NoticeFactory(everyone=True), CaseFactory(contact=contact), CaseFactory(subject="Elsewhere.")
    actions.tie_cases(notice, [own, other], by=agent)
    text = sign_in(contact).get(notice.get_absolute_url()).content.decode()
    assert own.get_absolute_url() in text
    assert "Elsewhere." not in text
    assert own.get_absolute_url() not in sign_in(teacher).get(notice.get_absolute_url()).content.decode()


def answer(client, notice, **said):
    said = {"text": "We are on it.", "idempotency_key": uuid4()} | said
    return client.post(reverse("notices:answer", args=[notice.pk]), said)


@pytest.fixture
def tied(agent, contact):
    """A notice, and three cases of two districts that are about it."""
    notice = NoticeFactory(everyone=True)
    cases = [CaseFactory(contact=contact), CaseFactory(), CaseFactory(assignee=AgentFactory(), status="assigned")]
    actions.tie_cases(notice, cases, by=agent)
    return notice, cases


def test_tied_cases_are_answered_together_each_in_its_own_thread(sign_in, agent, tied):
    notice, cases = tied
    key = uuid4()
    for _ in range(2):
        assert answer(sign_in(agent), notice, idempotency_key=key).url == notice.get_absolute_url()
    for case in cases:
        (reply,) = case.timeline.filter(action="replied")
        assert (reply.text, reply.by) == ("We are on it.", agent)
        assert case.contact.messages.filter(link=case.get_absolute_url()).exists()


def test_the_resolution_too_goes_to_each(sign_in, agent, tied):
    notice, cases = tied
    answer(sign_in(agent), notice, text="It is quick again.", settled_as="defect")
    for case in cases:
        case.refresh_from_db()
        assert (case.status, case.settled_as) == (Case.Status.PENDING_VERIFICATION, "defect")


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_answered_is_said_and_the_others_are(sign_in, agent, tied):
    notice, cases = tied
    key = uuid4()
    actions.reply(case=cases[1], by=agent, text="Other words.", idempotency_key=uuid5(key, str(cases[1].pk)))
    page = answer(sign_in(agent), notice, idempotency_key=key)
    assert page.status_code == 200
    assert [case for case, _ in page.context["refused"]] == [cases[1]]
    assert {*page.context["done"]} == {cases[0], cases[2]}
    assert "Back to the notice" in page.content.decode()


def test_without_an_open_case_there_is_nobody_to_answer(sign_in, agent, tied):
    notice, _ = tied
    Case.objects.update(status="closed", closed_at=timezone.now())
    assert "No open case is tied" in answer(sign_in(agent), notice).content.decode()


def test_the_page_of_a_tied_case_names_its_notice_without_asking_more(
    sign_in, agent, contact, django_assert_num_queries
):
    client, case, notice = sign_in(contact), CaseFactory(contact=contact), NoticeFactory()
    client.get(case.get_absolute_url())
    with CaptureQueriesContext(connection) as seen:
        client.get(case.get_absolute_url())
    before = len(seen)
    actions.tie_cases(notice, [case], by=agent)
    client.get(notice.get_absolute_url())
    actions.dismiss_notice(notice, by=contact, newest=1)
    # Whether there is a banner is asked once.
    with django_assert_num_queries(before + 1):
        text = client.get(case.get_absolute_url()).content.decode()
    assert f'href="{notice.get_absolute_url()}">{notice.title}</a>' in text
