"""An exception case is handed over: Support asks a contact, by a time in its business hours, and a contact accepts."""

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions, tasks
from cases.models import Case, SupportHours, TimelineEntry
from contacts import ActionRefused
from contacts.actions import end_designation
from contacts.models import AuditEvent, Message, Role
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
Action = TimelineEntry.Action


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture(autouse=True)
def _usual_hours():
    """Monday to Friday, 8 AM to 5 PM in Chicago."""
    for weekday in range(5):
        SupportHours.objects.update_or_create(weekday=weekday, defaults={"opens_at": time(8), "closes_at": time(17)})


@pytest.fixture
def clock(monkeypatch):
    def clock(text):
        monkeypatch.setattr(timezone, "now", lambda: local(text))

    return clock


@pytest.fixture
def open_case(agent, district):
    """The agent opens an exception case of the district."""

    def open_case(**fields):
        said = {"caller_name": "The front office", "caller_reach": "555-0100", "emergency": "Nobody can sign in."}
        area, kind = ProductAreaFactory(), Case.Kind.QUESTION
        said |= {"subject": "Sign-in is down", "description": "An error.", "product_area": area, "kind": kind}
        return actions.open_exception(by=agent, district=district, **said | fields)

    return open_case


@pytest.fixture
def overdue(exception_case):
    Case.objects.filter(pk=exception_case.pk).update(handover_due_at=timezone.now() - timedelta(minutes=1))
    return exception_case


def stored(case):
    return Case.objects.get(pk=case.pk)


def told(message):
    return {each.recipient for each in Message.objects.filter(title__contains=message)}


# --- by when ------------------------------------------------------------------------------------------------------


def test_it_is_to_be_accepted_within_eight_of_supports_business_hours_of_its_opening(open_case, clock):
    clock("2026-11-25 15:00")  # Thanksgiving is the 26th.
    assert stored(open_case()).handover_due_at == local("2026-11-27 14:00")


def test_how_many_hours_is_a_setting(open_case, clock, settings):
    settings.EXCEPTION_HANDOVER_HOURS = 2
    clock("2026-11-24 16:00")
    assert stored(open_case()).handover_due_at == local("2026-11-25 09:00")


def test_where_support_has_no_hours_every_hour_counts_and_the_page_says_so(open_case, agent, contact, clock, sign_in):
    SupportHours.objects.all().delete()
    clock("2026-11-24 16:00")
    case = open_case()
    assert stored(case).handover_due_at == local("2026-11-25 00:00")
    page = sign_in(agent).get(case.get_absolute_url()).text
    assert "counting every hour, since Support's hours are not set" in page
    SupportHours.objects.create(weekday=0, opens_at=time(8), closes_at=time(17))
    assert "counting every hour" not in sign_in(agent).get(case.get_absolute_url()).text


def test_asking_another_contact_does_not_start_the_time_again(open_case, agent, contact, technical_contact, clock):
    clock("2026-11-24 09:00")
    case = open_case()
    first = stored(case).handover_due_at
    for at, person in (("2026-11-24 10:00", contact), ("2026-11-24 16:00", technical_contact)):
        clock(at)
        actions.hand_over(case=case, by=agent, contact=person)
        assert (stored(case).handover_to, stored(case).handover_due_at) == (person, first)


def test_an_admin_who_changes_supports_hours_moves_what_is_running(open_case, contact, clock, sign_in):
    clock("2026-11-24 09:00")
    case, accepted = open_case(), open_case()
    actions.accept(case=accepted, by=contact)
    tuesday = SupportHours.objects.get(weekday=1)
    said = {"weekday": 1, "opens_at": "08:00", "closes_at": "12:00"}
    admin = sign_in(UserFactory(district=None, is_staff=True))
    admin.post(f"/admin/cases/supporthours/{tuesday.pk}/change/", said)
    assert stored(case).handover_due_at == local("2026-11-25 13:00")
    assert stored(accepted).handover_due_at == local("2026-11-24 17:00")


# --- asking -------------------------------------------------------------------------------------------------------


def test_support_asks_a_contact_who_is_told_and_so_are_the_others(
    exception_case, agent, lead, contact, technical_contact, sign_in
):
    url = exception_case.get_absolute_url()
    page = sign_in(lead).post(f"{url}hand-over/", {"contact": contact.pk}, follow=True).text
    assert "The contact was asked to accept" in page
    case = stored(exception_case)
    assert (case.contact, case.handover_to, case.handed_over_at) == (None, contact, None)
    assert case.timeline.get().action == Action.ASKED_TO_ACCEPT
    assert case.timeline.get().text == f"{contact} is asked to accept this case."
    assert AuditEvent.objects.get(action="case.hand_over").detail == {"contact": contact.pk}
    assert told("Please accept") == {contact}
    assert told(f"{contact} is asked to accept") == {technical_contact, agent}


def test_the_messages_say_by_when_in_the_districts_time(open_case, agent, contact, technical_contact, clock, district):
    district.time_zone = "America/New_York"
    district.save()
    clock("2026-11-25 15:00")
    case = open_case()
    actions.hand_over(case=case, by=agent, contact=contact)
    clock("2026-11-27 14:01")
    actions.remind_of_handovers()
    bodies = [message.body for message in Message.objects.filter(recipient__in=[contact, technical_contact])]
    assert len(bodies) == 6
    assert all("by Nov 27, 2026, 3:00 PM EST" in body or "By Nov 27, 2026, 3:00 PM EST" in body for body in bodies)


def test_the_step_comes_first_on_the_page_until_somebody_is_asked(exception_case, agent, contact, sign_in):
    client = sign_in(agent)
    page = client.get(exception_case.get_absolute_url()).text
    assert "Ask a contact to accept this case" in page
    assert page.index('id="hand_over" open') < page.index('id="reply"')
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    page = client.get(exception_case.get_absolute_url()).text
    assert f"{contact} is asked, and any other contact of the district may accept it too." in page
    assert "Ask another contact to accept the case" in page
    assert page.index('id="reply"') < page.index('id="hand_over"')


def test_the_form_sent_twice_counts_once(exception_case, agent, contact, sign_in):
    client, url = sign_in(agent), f"{exception_case.get_absolute_url()}hand-over/"
    answers = {"contact": contact.pk, "idempotency_key": uuid4()}
    assert client.post(url, answers).url == client.post(url, answers).url
    assert AuditEvent.objects.get().action == "case.hand_over"


def test_who_is_asked_already_is_not_asked_again(exception_case, agent, contact):
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    with pytest.raises(ActionRefused, match="is already asked to accept"):
        actions.hand_over(case=exception_case, by=agent, contact=contact)


def test_only_current_contacts_of_the_district_are_offered_and_asked(exception_case, agent, contact, sign_in):
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT], last_name="Stranger")
    teacher = UserFactory(district=exception_case.district, last_name="Teacherson")
    client = sign_in(agent)
    page = client.get(exception_case.get_absolute_url()).text
    assert contact.display_name in page
    assert "Stranger" not in page
    assert "Teacherson" not in page
    for person in (stranger, teacher):
        page = client.post(f"{exception_case.get_absolute_url()}hand-over/", {"contact": person.pk})
        assert "Choose a current authorized contact of the district." in page.text
    assert stored(exception_case).handover_to is None


def test_a_case_with_a_contact_is_not_handed_over(agent, contact, technical_contact, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    page = sign_in(agent).post(f"{case.get_absolute_url()}hand-over/", {"contact": technical_contact.pk})
    assert f"Case {case.number} is already with {contact}." in page.text


def test_without_any_contact_the_page_says_what_to_do(exception_case, agent, sign_in):
    page = sign_in(agent).get(exception_case.get_absolute_url())
    assert "This district has no authorized contact" in page.text
    assert f'href="/contacts/?district={exception_case.district_id}"' in page.text
    assert "hand-over/" not in page.text


def test_whoever_is_asked_and_is_a_contact_no_more_counts_as_nobody(
    exception_case, agent, contact, technical_contact, sign_in
):
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    client, url = sign_in(agent), exception_case.get_absolute_url()
    end_designation(contact.designations.get(), by=None, reason="Left.")
    page = client.get(url).text
    assert "Ask a contact to accept this case" in page
    assert "Nobody is asked to accept the case." in page
    assert 'id="hand_over" open' in page


# --- accepting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["contact", "technical_contact"])
def test_any_contact_of_the_district_accepts_and_then_closes_it(
    who, request, exception_case, agent, contact, technical_contact, sign_in
):
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    person = request.getfixturevalue(who)
    client, url = sign_in(person), exception_case.get_absolute_url()
    page = client.get(url).text
    assert page.index('id="accept" open') < page.index('id="reply"')
    assert "close/" not in page
    assert "is yours: you are its contact." in client.post(f"{url}accept/", follow=True).text
    case = stored(exception_case)
    assert (case.contact, case.handover_to) == (person, None)
    assert case.handed_over_at
    assert case.timeline.last().action == Action.ACCEPTED
    assert AuditEvent.objects.get(action="case.accept").actor_key == str(person.pk)
    assert told(f"{person} accepted") == {agent, contact, technical_contact} - {person}
    client.post(f"{url}close/", {})
    assert stored(exception_case).status == Case.Status.CLOSED


def test_the_page_tells_each_contact_who_is_asked(exception_case, agent, contact, technical_contact, sign_in):
    url = exception_case.get_absolute_url()
    assert "Any of your district's contacts may accept the case" in sign_in(contact).get(url).text
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    assert "Support asks you to accept this case" in sign_in(contact).get(url).text
    page = sign_in(technical_contact).get(url).text
    assert f"{contact} is asked to accept it, but you may do so as well" in page


def test_the_button_pressed_twice_accepts_once_and_later_it_says_who_has_it(
    exception_case, contact, technical_contact, sign_in
):
    client, url = sign_in(contact), f"{exception_case.get_absolute_url()}accept/"
    key = {"idempotency_key": uuid4()}
    assert client.post(url, key).url == client.post(url, key).url
    assert exception_case.timeline.count() == 1
    page = sign_in(technical_contact).post(url)
    assert page.status_code == 409
    assert f"Case {exception_case.number} is already with {contact}." in page.text


def test_support_and_people_without_the_role_do_not_accept(exception_case, agent, sign_in):
    url = f"{exception_case.get_absolute_url()}accept/"
    coach = UserFactory(district=exception_case.district, roles=[Role.BUILDING_COACH])
    assert sign_in(agent).post(url).status_code == sign_in(coach).post(url).status_code == 403
    for person in (agent, coach):
        with pytest.raises(ActionRefused, match="Your role has ended"):
            actions.accept(case=exception_case, by=person)
    with pytest.raises(ActionRefused, match="The contact of a case must be in its district"):
        actions.accept(case=exception_case, by=UserFactory(roles=[Role.SUPPORT_CONTACT]))


# --- what is overdue ----------------------------------------------------------------------------------------------


def test_when_the_time_has_passed_both_sides_and_the_leads_are_told_once(
    overdue, agent, lead, contact, technical_contact
):
    actions.hand_over(case=overdue, by=agent, contact=contact)
    UserFactory(roles=[Role.SUPPORT_CONTACT])
    UserFactory(district=overdue.district)
    AgentFactory(roles=[Role.SUPPORT_LEAD], email=None)
    assert actions.remind_of_handovers() == 1
    assert actions.remind_of_handovers() == 0
    assert told("Nobody has accepted yet") == {agent, lead, contact, technical_contact}
    assert Message.objects.filter(title__contains="Nobody has accepted yet").count() == 4
    assert stored(overdue).timeline.last().action == Action.REMINDED
    assert AuditEvent.objects.get(action="case.remind_of_handover").actor_label == "The portal"


def test_nobody_is_reminded_before_the_time_has_passed_or_after_somebody_accepted(open_case, contact, clock):
    clock("2026-11-24 09:00")
    case, accepted = open_case(), open_case()
    actions.accept(case=accepted, by=contact)
    clock("2026-11-24 17:00")
    assert actions.remind_of_handovers() == 0
    clock("2026-11-24 17:01")
    assert actions.remind_of_handovers() == 1
    assert case.timeline.filter(action=Action.REMINDED).exists()
    clock("2027-11-24 17:01")  # however late
    assert actions.remind_of_handovers() == 0


def test_the_task_runs_the_sweep(overdue):
    tasks.remind_of_handovers()
    assert stored(overdue).handover_reminded_at


def test_looking_for_what_is_overdue_takes_one_query_however_many_wait(exception_case, django_assert_num_queries):
    called = {"caller_name": "x", "caller_reach": "y", "emergency": "z", "is_exception": True}
    CaseFactory.create_batch(5, contact=None, district=exception_case.district, **called)
    with django_assert_num_queries(1):
        assert actions.remind_of_handovers() == 0


def test_leads_find_what_is_overdue_on_their_home_and_in_the_list(overdue, agent, lead, contact, sign_in):
    [need] = [each for each in sign_in(lead).get("/").context["needs"] if each.verb == "Find a contact for"]
    assert need.is_late
    assert need.url == overdue.get_absolute_url()
    waiting = CaseFactory(
        contact=None,
        district=overdue.district,
        is_exception=True,
        caller_name="x",
        caller_reach="y",
        emergency="z",
        subject="In time",
    )
    page = sign_in(lead).get("/cases/?status=overdue")
    assert [row.pk for row in page.context["page"].rows] == [overdue.pk]
    assert "Not accepted by" in page.text
    assert "Not accepted by" in sign_in(lead).get(overdue.get_absolute_url()).text
    assert "Accept by" in sign_in(contact).get(waiting.get_absolute_url()).text
    assert "Accept by" in sign_in(contact).get("/cases/").text


def test_a_contacts_home_shows_the_cases_that_they_are_asked_to_accept(
    exception_case, agent, contact, technical_contact, sign_in
):
    actions.hand_over(case=exception_case, by=agent, contact=contact)

    def asked(person):
        needs = sign_in(person).get(reverse("home")).context["needs"]
        return [need.url for need in needs if need.verb == "Accept"]

    assert asked(contact) == [exception_case.get_absolute_url()]
    assert asked(technical_contact) == []
    actions.accept(case=exception_case, by=contact)
    assert asked(contact) == []


@pytest.mark.parametrize(("who", "more"), [("contact", 3), ("agent", 10)])
def test_the_page_of_a_case_to_be_accepted_takes_few_queries_more(
    who, more, exception_case, agent, contact, sign_in, django_assert_num_queries
):
    """Beside the usual ones: who is asked; Support's hours and holidays; for Support the contacts to ask, once more."""
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    client = sign_in({"agent": agent, "contact": contact}[who])
    client.get(exception_case.get_absolute_url())
    with django_assert_num_queries(13 + more):
        client.get(exception_case.get_absolute_url())


# --- at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_remind_once(overdue, contact):
    counts = at_once(*[actions.remind_of_handovers] * 4)
    assert sorted(counts) == [0, 0, 0, 1]
    assert overdue.timeline.filter(action=Action.REMINDED).count() == 1
    assert Message.objects.filter(recipient=contact).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_nobody(overdue):
    with locked(Case, overdue):
        assert actions.remind_of_handovers() == 0
    assert actions.remind_of_handovers() == 1
