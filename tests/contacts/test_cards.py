"""The card to print, and what a district puts on its own login page."""

import re

import pytest
import qrcode
from django.urls import reverse
from qrcode.image.svg import SvgPathFillImage

from contacts.models import Role
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
CARD, SNIPPET = reverse("contacts:card"), reverse("contacts:help_snippet")


@pytest.fixture(autouse=True)
def _where_the_portal_is(settings):
    settings.PORTAL_URL, settings.MFA_REQUIRED_ROLES = "https://portal.example.org", frozenset()


@pytest.fixture
def district():
    return DistrictFactory(name="Riverbend", slug="riverbend", help_phone="555-0100", help_email="help@example.org")


def coach_of(school):
    person = UserFactory(district=school.district, reach_hours="Weekdays until 3 PM", phone="555-0142")
    DesignationFactory(user=person, role=Role.BUILDING_COACH, school=school)
    return person


def test_the_card_names_the_coach_of_ones_school_the_contacts_and_the_help_desk(sign_in, district):
    school, other = SchoolFactory.create_batch(2, district=district)
    coach, others = coach_of(school), coach_of(other)
    contacts = [UserFactory(district=district, roles=[role]) for role in (Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT)]
    gone = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], email=None)
    text = sign_in(UserFactory(district=district, school=school)).get(CARD).text
    for words in (coach.display_name, "555-0142", "Weekdays until 3 PM", "555-0100", *map(str, contacts)):
        assert words in text
    assert text.index(coach.email) < text.index(contacts[0].email)
    assert others.email not in text
    assert str(gone) not in text
    assert f'src="{reverse("contacts:help_code", args=["riverbend"])}"' in text


def test_the_card_is_of_another_school_if_one_wants(sign_in, district):
    own, other = SchoolFactory.create_batch(2, district=district)
    coaches = [coach_of(school) for school in (own, other)]
    text = sign_in(UserFactory(district=district, school=own)).get(CARD, {"school": other.pk}).text
    assert coaches[1].email in text
    assert coaches[0].email not in text


def test_support_prints_the_card_of_a_district(sign_in, district):
    client = sign_in(AgentFactory())
    assert "Riverbend" in client.get(CARD).text
    assert "Help in Riverbend" in client.get(CARD, {"district": district.pk}).text


def test_the_snippet_leads_from_any_page_to_the_public_help_page_and_needs_nothing_else(sign_in, district, client):
    UserFactory(district=district, roles=[Role.SUPPORT_CONTACT])
    response = sign_in(UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])).get(SNIPPET)
    snippet = response.context["snippet"]
    assert '<a href="https://portal.example.org/help/riverbend/">Whom to ask in Riverbend</a>' in snippet
    assert '<img src="https://portal.example.org/help/riverbend/code.svg"' in snippet
    assert "555-0100" in snippet
    assert "help@example.org" in snippet
    assert re.findall(r"script|style|@(?!example.org)", snippet) == []
    assert "&lt;a href=" in response.text
    client.logout()
    assert client.get("/help/riverbend/").status_code == 200


def test_what_a_district_is_called_does_not_become_html(sign_in):
    district = DistrictFactory(name="<b>Bold</b> & Co", help_phone='"><script>')
    snippet = sign_in(UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])).get(SNIPPET)
    assert "<b>Bold" not in snippet.context["snippet"]
    assert "<script>" not in snippet.context["snippet"]
    assert "&amp;lt;b&amp;gt;Bold" in snippet.text


def test_anyone_reads_the_code_which_is_a_picture_that_may_be_kept(client, district):
    response = client.get(reverse("contacts:help_code", args=["riverbend"]))
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "max-age=86400" in response.headers["Cache-Control"]
    assert response.content.startswith(b"<svg")
    other = client.get(reverse("contacts:help_code", args=[DistrictFactory().slug]))
    assert other.content != response.content
    assert client.get(reverse("contacts:help_code", args=["nowhere"])).status_code == 404


def test_the_code_says_the_address_of_the_public_help_page(client, district):
    code = qrcode.make("https://portal.example.org/help/riverbend/", image_factory=SvgPathFillImage)
    assert client.get(reverse("contacts:help_code", args=["riverbend"])).content == code.to_string()


def test_the_card_takes_as_many_queries_however_many_contacts(sign_in, district, django_assert_num_queries):
    for _ in range(5):
        coach_of(SchoolFactory(district=district))
    client = sign_in(UserFactory(district=district))
    client.get(CARD)
    with django_assert_num_queries(2 + 7):
        client.get(CARD)
