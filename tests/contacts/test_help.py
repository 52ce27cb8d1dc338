"""Public help: whom to ask, without names or addresses of contacts."""

import pytest
from django.urls import reverse

from contacts.models import Role
from tests.factories import AgentFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
HELP = reverse("contacts:help")


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_stranger_reads_whom_to_ask_and_finds_the_districts(client):
    district = DistrictFactory()
    page = text(client, HELP)
    assert "Ask the person you usually turn to" in page
    assert reverse("contacts:district_help", args=[district.slug]) in page


def test_districts_are_found_by_every_word_of_the_name(client):
    DistrictFactory(name="Grand Bend District")
    DistrictFactory(name="Grand Valley District")
    page = text(client, f"{HELP}?q=BEND+grand")
    assert "Grand Bend District" in page
    assert "Grand Valley District" not in page


def test_an_unknown_name_says_so(client):
    assert "No district has this name" in text(client, f"{HELP}?q=atlantis")


def test_odd_searches_are_answered(client):
    DistrictFactory(name="50% of_all\\Schools")
    DistrictFactory(name="Another")
    for words in ("50%25", "of_all", "%5C"):
        assert "Another" not in text(client, f"{HELP}?q={words}")


def test_a_search_that_is_too_long_says_so_and_is_never_dropped(sign_in):
    DistrictFactory(name="Another district")
    administrator, lead = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR]), AgentFactory(roles=[Role.SUPPORT_LEAD])
    pages = [(administrator, "help"), (administrator, "people"), (administrator, "choose_person"), (lead, "directory")]
    for person, name in pages:
        page = text(sign_in(person), f"{reverse(f'contacts:{name}')}?q={'a' * 101}")
        assert "Use at most 100 characters. You typed 101." in page
        assert "Nothing was searched." in page
        assert not [said for said in ("Another district", "Nobody found", "No district") if said in page]


def test_many_districts_are_cut_with_a_hint_to_search(client):
    DistrictFactory.create_batch(51)
    assert "These are the first 50 districts" in text(client, HELP)


def test_a_districts_help_block_shows_who_to_ask_phone_and_email(client):
    district = DistrictFactory(help_text="Ask the office.", help_phone="555 0100", help_email="help@example.org")
    page = text(client, reverse("contacts:district_help", args=[district.slug]))
    for said in ("Ask the office.", "tel:555 0100", "mailto:help@example.org"):
        assert said in page


def test_a_help_block_names_no_contacts(client):
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT], phone="555 0199", first_name="Secretive")
    page = text(client, reverse("contacts:district_help", args=[contact.district.slug]))
    for hidden in (contact.email, contact.phone, contact.first_name, contact.last_name):
        assert hidden not in page


def test_an_empty_help_block_still_says_whom_to_ask(client):
    page = text(client, reverse("contacts:district_help", args=[DistrictFactory().slug]))
    assert "Ask the person you usually turn to" in page


def test_a_help_block_is_text_not_markup(client):
    district = DistrictFactory(help_text="<script>alert(1)</script>")
    assert "<script>alert" not in text(client, reverse("contacts:district_help", args=[district.slug]))


def test_signed_in_people_are_led_to_their_contacts(client, sign_in):
    assert f'"{reverse("contacts:directory")}"' not in text(client, HELP)
    assert f'"{reverse("contacts:directory")}"' in text(sign_in(UserFactory()), HELP)


def test_help_is_reachable_from_the_sign_in_page(client):
    assert HELP in text(client, reverse("account_login"))
