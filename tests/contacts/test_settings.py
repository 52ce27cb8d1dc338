"""A district's settings, kept by its administrators."""

import pytest
from django.urls import reverse

from contacts.models import AuditEvent, Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SETTINGS = reverse("contacts:settings")
RIGHT = "credentials.request_change"


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


def save(client, **changes):
    data = {"time_zone": "America/Chicago", "staff_may_request_changes": "on"} | changes
    return client.post(SETTINGS, data, follow=True)


def test_the_help_block_is_saved_and_public_at_once(sign_in, administrator, client):
    save(sign_in(administrator), help_text="Ask the office.", help_phone="555 0100", help_email="it@example.org")
    client.logout()
    page = client.get(reverse("contacts:district_help", args=[administrator.district.slug])).content.decode()
    for said in ("Ask the office.", "555 0100", "it@example.org"):
        assert said in page


def test_an_administrator_decides_whether_staff_may_request_changes(sign_in, administrator):
    teacher = UserFactory(district=administrator.district)
    assert teacher.has_perm(RIGHT)
    save(sign_in(administrator), staff_may_request_changes="")
    teacher.district.refresh_from_db()
    assert not teacher.has_perm(RIGHT)
    assert AuditEvent.objects.get(action="district.change_settings").detail == {"staff_may_request_changes": False}


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("help_email", "nobody")],
)
def test_what_cannot_be_is_refused_beside_its_field(sign_in, administrator, field, value):
    page = save(sign_in(administrator), **{field: value})
    assert list(page.context["form"].errors) == [field]


def test_only_what_was_changed_is_written(sign_in, administrator):
    client = sign_in(administrator)
    save(client)
    assert not AuditEvent.objects.filter(action="district.change_settings").exists()
    save(client, time_zone="America/Denver")
    administrator.district.refresh_from_db()
    assert administrator.district.time_zone == "America/Denver"
    assert AuditEvent.objects.get(action="district.change_settings").detail == {"time_zone": "America/Denver"}
