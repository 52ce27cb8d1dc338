from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case
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


def test_nobodys_answer_about_the_impact_is_assumed(agent, sign_in, answers):
    client = sign_in(agent)
    assert client.get(URL).text.count("Choose an answer</option>") == len(NO_IMPACT)
    page = client.post(URL, answers | dict.fromkeys(NO_IMPACT, ""))
    assert set(page.context["form"].errors) == set(NO_IMPACT)
    assert not Case.objects.exists()


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
    assert "of the district accepts it before it is closed" in page.text
    assert client.post(f"{exception_case.get_absolute_url()}reply/", {"text": "We are here."}).status_code == 302


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


def caller(case, **fields):
    """Who called, with an account in the same district, under the same name and reached at the same address."""
    first_name, last_name = case.caller_name.split(" ", 1)
    return UserFactory(district=case.district, first_name=first_name, last_name=last_name, **fields)


@pytest.mark.parametrize(
    "roles", [[], [Role.BUILDING_COACH], [Role.CREDENTIAL_APPROVER], [Role.DISTRICT_ADMINISTRATOR]]
)
def test_the_caller_reaches_nothing_of_the_case_and_is_told_nothing(roles, exception_case, agent, contact, sign_in):
    person = caller(exception_case, email="caller@example.org", roles=roles)
    Case.objects.update(caller_reach="caller@example.org", handover_due_at=timezone.now())
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    actions.reply(case=exception_case, by=contact, text="We are here.")
    actions.remind_of_handovers()
    actions.accept(case=exception_case, by=contact)
    client, url = sign_in(person), exception_case.get_absolute_url()
    for address in (
        url,
        "/cases/",
        f"/cases/?q={exception_case.number}",
        "/cases/?q=caller",
        "/cases/?status=exception",
    ):
        assert client.get(address).status_code == 403, address
    for verb in ("accept", "reply", "close", "hand-over"):
        assert client.post(f"{url}{verb}/", {"text": "It is my case."}).status_code == 403, verb
    assert exception_case.subject not in client.get("/").text
    assert not person.messages.exists()


def test_a_caller_who_is_a_contact_of_another_district_finds_no_such_case(exception_case, sign_in):
    elsewhere = sign_in(UserFactory(first_name="A", last_name="caller", roles=[Role.SUPPORT_CONTACT]))
    assert elsewhere.get(exception_case.get_absolute_url()).status_code == 404
    assert elsewhere.get(f"/cases/?q={exception_case.number}").context["page"].rows == []
    assert elsewhere.get("/cases/?q=caller").context["page"].rows == []
