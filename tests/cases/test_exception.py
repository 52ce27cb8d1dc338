from uuid import uuid4

import pytest

from cases.models import Case, TimelineEntry
from contacts.models import AuditEvent, District, Message, Role
from tests.cases.conftest import NO_IMPACT
from tests.factories import DistrictFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/cases/exception/"


@pytest.fixture
def answers(district):
    return {
        "district": district.name,
        "caller_name": "Someone at the front office",
        "caller_reach": "555 0100",
        "emergency": "Nobody can take attendance.",
        "kind": "issue",
        "product_area": ProductAreaFactory().pk,
        "subject": "Attendance is down",
        "description": "The page stays white.",
        **NO_IMPACT,
        "idempotency_key": uuid4(),
    }


@pytest.mark.parametrize("who", ["agent", "lead"])
def test_support_opens_one_for_an_unauthorized_caller_and_the_contacts_see_it_at_once(
    who, request, district, contact, technical_contact, sign_in, answers
):
    opener = request.getfixturevalue(who)
    page = sign_in(opener).post(URL, answers, follow=True)
    case = Case.objects.get()
    assert page.redirect_chain == [(case.get_absolute_url(), 302)]
    assert (case.is_exception, case.contact, case.assignee, case.district) == (True, None, opener, district)
    assert (case.status, case.priority) == (Case.Status.ASSIGNED, Case.Priority.CRITICAL)
    assert AuditEvent.objects.get(action="case.open_exception").detail == {"kind": "issue"}
    assert {message.recipient for message in Message.objects.all()} == {contact, technical_contact}
    page = sign_in(contact).get(case.get_absolute_url())
    assert "Someone at the front office" in page.text
    assert "Nobody can take attendance." in page.text


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.DISTRICT_ADMINISTRATOR, Role.BUILDING_COACH])
def test_nobody_in_a_district_opens_one(role, district, sign_in, answers):
    client = sign_in(UserFactory(district=district, roles=[role]))
    assert client.get(URL).status_code == client.post(URL, answers).status_code == 403


@pytest.mark.parametrize("field", ["district", "caller_name", "caller_reach", "emergency", "subject", "description"])
def test_it_says_who_called_and_why(field, agent, sign_in, answers):
    assert "There is a problem" in sign_in(agent).post(URL, answers | {field: ""}).text
    assert not Case.objects.exists()


def test_the_form_sent_twice_makes_one_case(agent, sign_in, answers):
    client = sign_in(agent)
    assert client.post(URL, answers).url == client.post(URL, answers).url
    assert Case.objects.count() == 1


def test_the_contacts_may_reply_but_nobody_closes_it_before_it_is_handed_over(exception_case, contact, sign_in):
    client = sign_in(contact)
    page = client.get(exception_case.get_absolute_url())
    assert "after that it can be closed" in page.text
    assert "close/" not in page.text
    page = client.post(f"{exception_case.get_absolute_url()}close/", {}, follow=True)
    assert "hands it over to an authorized contact before it is closed" in page.text
    assert client.post(f"{exception_case.get_absolute_url()}reply/", {"text": "We are here."}).status_code == 302


def test_it_is_handed_over_to_a_current_contact_of_its_district_who_then_closes_it(
    exception_case, agent, contact, technical_contact, sign_in
):
    url = exception_case.get_absolute_url()
    sign_in(agent).post(f"{url}hand-over/", {"contact": contact.pk})
    exception_case.refresh_from_db()
    assert exception_case.contact == contact
    assert exception_case.handed_over_at
    assert exception_case.timeline.get().action == TimelineEntry.Action.HANDED_OVER
    assert AuditEvent.objects.get(action="case.hand_over").detail == {"contact": contact.pk}
    assert {message.recipient for message in Message.objects.all()} == {contact, technical_contact}
    sign_in(contact).post(f"{url}close/", {})
    exception_case.refresh_from_db()
    assert exception_case.status == Case.Status.CLOSED


def test_the_form_to_hand_it_over_sent_twice_counts_once(exception_case, agent, contact, sign_in):
    client, url = sign_in(agent), f"{exception_case.get_absolute_url()}hand-over/"
    answers = {"contact": contact.pk, "idempotency_key": uuid4()}
    assert client.post(url, answers).url == client.post(url, answers).url
    assert AuditEvent.objects.get().action == "case.hand_over"


def test_only_current_contacts_of_the_district_are_offered_and_accepted(exception_case, agent, contact, sign_in):
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
    exception_case.refresh_from_db()
    assert exception_case.contact is None


def test_a_case_with_a_contact_is_not_handed_over(agent, contact, technical_contact, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    page = sign_in(agent).post(f"{case.get_absolute_url()}hand-over/", {"contact": technical_contact.pk})
    assert f"Case {case.number} is already with {contact}." in page.text


def test_without_any_contact_the_page_says_what_to_do(exception_case, agent, sign_in):
    page = sign_in(agent).get(exception_case.get_absolute_url())
    assert "This district has no authorized contact" in page.text
    assert f'href="/contacts/?district={exception_case.district_id}"' in page.text
    assert "hand-over/" not in page.text


def test_the_contacts_are_told_only_where_there_are_any(agent, sign_in, answers):
    client = sign_in(agent)
    assert "and the district&#x27;s contacts were told" not in client.post(URL, answers, follow=True).text
    UserFactory(district=District.objects.get(name=answers["district"]), roles=[Role.SUPPORT_CONTACT])
    page = client.post(URL, answers | {"idempotency_key": uuid4()}, follow=True)
    assert "and the district&#x27;s contacts were told" in page.text


def test_another_district_neither_sees_it_nor_is_told(agent, sign_in, answers):
    stranger = UserFactory(district=DistrictFactory(), roles=[Role.SUPPORT_CONTACT])
    sign_in(agent).post(URL, answers)
    case = Case.objects.get()
    assert sign_in(stranger).get(case.get_absolute_url()).status_code == 404
    assert not Message.objects.filter(recipient=stranger).exists()
