import pytest
from django.urls import reverse

from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db


def test_no_cache_keeps_what_a_signed_in_person_saw(sign_in):
    case = CaseFactory()
    client = sign_in(case.contact)
    for page in (reverse("home"), case.get_absolute_url(), reverse("contacts:messages"), "/no-such-page/"):
        directives = client.get(page).headers["Cache-Control"]
        assert {"no-store", "private"} <= set(directives.split(", ")), page


def test_no_page_asks_for_a_camera_not_even_a_refusal(client):
    for page in (reverse("account_login"), "/help/%00", "/no-such-page/"):
        assert "camera=()" in client.get(page).headers["Permissions-Policy"], page
