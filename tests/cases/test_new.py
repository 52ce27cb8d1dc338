import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case, TimelineEntry
from contacts import ActionRefused
from contacts.models import AuditEvent, Designation, Message, Role
from tests.cases.conftest import NO_IMPACT, WORK_STOPS
from tests.factories import DesignationFactory, ProductAreaFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/cases/new/"


@pytest.fixture
def answers():
    """A complete form; ``answers(kind="issue")`` changes a field."""

    def answers(**changed):
        return {
            "kind": Case.Kind.QUESTION,
            "product_area": ProductAreaFactory().pk,
            "subject": "How do I print report cards?",
            "description": "I would like to print the report cards of one school.",
            "steps_to_replicate": "",
            "urgency": "normal",
            **NO_IMPACT,
            "due_on": "",
            "idempotency_key": uuid4(),
        } | changed

    return answers


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT])
def test_an_authorized_contact_submits_a_case_and_reads_its_number(role, district, sign_in, answers):
    contact = UserFactory(district=district, roles=[role])
    page = sign_in(contact).post(URL, answers(), follow=True)
    case = Case.objects.get()
    assert (case.contact, case.district, case.status) == (contact, district, Case.Status.NEW)
    assert page.redirect_chain == [(f"/cases/{case.number}/", 302)]
    assert f"Case {case.number} was sent to Support." in page.text
    assert [entry.action for entry in case.timeline.all()] == [TimelineEntry.Action.SUBMITTED]
    assert AuditEvent.objects.get(action="case.submit").object_key == str(case.number)


@pytest.mark.parametrize(
    "roles", [[], [Role.BUILDING_COACH], [Role.CREDENTIAL_APPROVER], [Role.DISTRICT_ADMINISTRATOR]]
)
def test_everyone_else_is_led_to_the_districts_contacts(roles, district, contact, sign_in, answers):
    coach = UserFactory(district=district, last_name="Coachfield")
    DesignationFactory(user=coach, role=Role.BUILDING_COACH, school=SchoolFactory(district=district, name="Hillside"))
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT], last_name="Elsewhere")
    client = sign_in(UserFactory(district=district, roles=roles))
    page = client.get(URL)
    assert page.status_code == 200
    assert "Only your district's authorized contacts bring cases to Support." in page.text
    assert contact.email in page.text
    assert "Coachfield" in page.text
    assert "Hillside" in page.text
    assert stranger.display_name not in page.text
    assert client.post(URL, answers()).status_code == 403
    assert not Case.objects.exists()


def test_a_district_without_contacts_says_what_to_do(district, sign_in):
    assert "No contacts yet" in sign_in(UserFactory(district=district)).get(URL).text


def test_people_without_an_address_are_not_named(district, contact, sign_in):
    contact.email = None
    contact.save()
    assert contact.display_name not in sign_in(UserFactory(district=district)).get(URL).text


def test_a_flagged_contact_comes_last_with_a_hint(district, sign_in):
    flagged = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], last_name="Aaron")
    Designation.objects.update(flagged_at=timezone.now())
    active = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], last_name="Zimmer")
    page = sign_in(UserFactory(district=district)).get(URL).text
    assert page.index(active.display_name) < page.index(flagged.display_name) < page.index("Not active lately")
    assert page.count("Not active lately") == 1


def test_an_admin_without_a_district_reads_words_that_fit(sign_in):
    page = sign_in(UserFactory(district=None, is_staff=True)).get(URL).text
    assert "you do not belong to a district" in page
    assert "Your district" not in page


def test_a_support_agent_is_led_to_an_exception_case(agent, sign_in, answers):
    client = sign_in(agent)
    assert reverse("cases:new_exception") in client.get(URL).text
    assert client.post(URL, answers()).status_code == 403


def test_a_contact_whose_designation_ended_submits_nothing(contact, sign_in, answers):
    Designation.objects.update(ended_at=timezone.now())
    assert sign_in(contact).post(URL, answers()).status_code == 403


def test_areas_for_the_technical_contact_are_offered_and_accepted_from_nobody_else(
    contact, technical_contact, sign_in, answers
):
    firewall = ProductAreaFactory(name="Firewalls", technical_only=True)
    client = sign_in(contact)
    assert "Firewalls" not in client.get(URL).text
    assert client.post(URL, answers(product_area=firewall.pk)).status_code == 200
    assert not Case.objects.exists()
    client = sign_in(technical_contact)
    assert "Firewalls" in client.get(URL).text
    assert client.post(URL, answers(product_area=firewall.pk)).status_code == 302


def test_a_retired_product_area_is_not_offered(contact, sign_in, answers):
    retired = ProductAreaFactory(name="Retired area", is_active=False)
    client = sign_in(contact)
    assert "Retired area" not in client.get(URL).text
    assert client.post(URL, answers(product_area=retired.pk)).status_code == 200


def test_an_issue_needs_steps_to_replicate_and_what_was_typed_is_kept(contact, sign_in, answers):
    client = sign_in(contact)
    page = client.post(URL, answers(kind="issue", steps_to_replicate="  ", subject="Grades are gone"))
    assert "Enter the steps that replicate the issue" in page.text
    assert "Grades are gone" in page.text
    assert not Case.objects.exists()
    assert client.post(URL, answers(kind="issue", steps_to_replicate="Open the grade book.")).status_code == 302


def test_the_steps_are_not_called_optional(contact, sign_in):
    page = sign_in(contact).get(URL).text
    assert re.search(r'<textarea name="steps_to_replicate"[^>]* data-conditional', page)
    assert "Required for an issue" in page


def test_a_due_date_is_not_in_the_past(contact, sign_in, answers):
    client = sign_in(contact)
    today = timezone.localdate(timezone=contact.zone)
    assert "Choose today or a later date" in client.post(URL, answers(due_on=today - timedelta(days=1))).text
    assert client.post(URL, answers(due_on=today)).status_code == 302


def test_a_form_sent_twice_makes_one_case_and_lands_on_it(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    first, second = client.post(URL, sent), client.post(URL, sent)
    assert first.url == second.url == Case.objects.get().get_absolute_url()
    assert AuditEvent.objects.filter(action="case.submit").count() == 1


def test_a_second_press_says_so_and_other_words_are_not_lost(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    client.post(URL, sent)
    page = client.post(URL, sent | {"description": "Something else happened too."})
    assert "already sent this form with different content" in page.text
    assert "Something else happened too." in page.text
    assert str(sent["idempotency_key"]) not in page.text
    assert Case.objects.count() == 1


def test_a_designation_that_ended_a_moment_before_submits_nothing(contact, answers):
    assert contact.roles  # as the view read them
    Designation.objects.update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.submit(by=contact, kind=Case.Kind.QUESTION, product_area=ProductAreaFactory(), subject="One")
    assert not Case.objects.exists()


def test_the_idempotency_key_of_a_form_belongs_to_the_person_who_sent_it(contact, technical_contact, sign_in, answers):
    sent = answers()
    first = sign_in(contact).post(URL, sent)
    second = sign_in(technical_contact).post(URL, sent)
    assert first.url != second.url


def test_the_other_contacts_and_all_of_support_are_told_without_the_text_of_the_case(
    contact, technical_contact, agent, lead, sign_in, answers
):
    UserFactory(roles=[Role.SUPPORT_CONTACT])
    sign_in(contact).post(URL, answers(subject="The subject", description="Secret description"))
    told = Message.objects.all()
    assert {message.recipient for message in told} == {technical_contact, agent, lead}
    title = f"New case from {contact.district}: The subject (case {Case.objects.get().number})"
    assert {message.title for message in told} == {title}
    assert not any("Secret" in message.title + message.body for message in told)


def test_a_critical_case_says_so_in_the_title_of_the_message(contact, agent, sign_in, answers):
    sign_in(contact).post(URL, answers(subject="Nobody can sign in", **WORK_STOPS))
    assert Message.objects.get().title.startswith("Critical: New case from")


def test_a_long_subject_leaves_room_for_the_number_in_the_title(contact, agent, sign_in, answers):
    sign_in(contact).post(URL, answers(subject="Roster import " * 14, **WORK_STOPS))
    title = Message.objects.get().title
    assert title.endswith(f"R… (case {Case.objects.get().number})")


def test_submitting_restarts_the_contacts_180_days(sign_in, answers):
    long_ago = timezone.now() - timedelta(days=170)
    contact = UserFactory()
    DesignationFactory(user=contact, started_at=long_ago, inactive_since=long_ago)
    sign_in(contact).post(URL, answers())
    assert timezone.now() - Designation.objects.get(user=contact).inactive_since < timedelta(minutes=1)


@pytest.mark.parametrize(("field", "limit"), [("subject", 200), ("description", 20_000)])
def test_a_text_that_is_too_long_comes_back_whole_with_its_length(field, limit, contact, sign_in, answers):
    page = sign_in(contact).post(URL, answers(**{field: "x" * (limit + 7)}))
    assert page.context["form"].errors == {field: [f"Use at most {limit} characters. You typed {limit + 7}."]}
    assert "x" * (limit + 7) in page.text
    assert not Case.objects.exists()


def test_no_browser_cuts_what_is_pasted(contact, sign_in):
    page = sign_in(contact).get(URL).text
    assert re.search(r'<input [^>]*name="subject"[^>]* data-max-length="200"', page)
    assert re.search(r'<textarea name="description"[^>]* data-max-length="20000"', page)
    assert " maxlength=" not in page


def test_the_title_of_a_refused_form_begins_with_error(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    assert "<title>Submit a case" in client.get(URL).text
    assert "<title>Error: Submit a case" in client.post(URL, answers(subject="")).text
    client.post(URL, sent)
    refused = client.post(URL, sent | {"subject": "Something else"})
    assert refused.status_code == 409
    assert "<title>Error: Submit a case" in refused.text
