"""Who is about to submit a case sees first what Support knows of already."""

import pytest
from django.urls import reverse

from contacts.models import Role
from tests.factories import MaintenanceFactory, NoticeFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
HEADING = "Support knows of this already"


def test_open_incidents_of_the_district_stand_above_the_form(sign_in, contact, district):
    client, address = sign_in(contact), reverse("cases:new")
    assert HEADING not in client.get(address).content.decode()
    MaintenanceFactory(everyone=True)
    NoticeFactory(districts=[UserFactory(roles=[Role.SUPPORT_CONTACT]).district])
    assert HEADING not in client.get(address).content.decode()
    notice = NoticeFactory(districts=[district])
    text = client.get(address).content.decode()
    assert text.index(HEADING) < text.index(notice.get_absolute_url(), text.index("<main")) < text.index("<textarea")


def test_one_about_the_chosen_area_comes_first_and_says_so(sign_in, contact):
    area, other = ProductAreaFactory(name="Bell schedules"), ProductAreaFactory()
    match, newer = NoticeFactory(everyone=True, title="It matches"), NoticeFactory(everyone=True, title="It is newer")
    match.product_areas.add(area)
    newer.product_areas.add(other)
    text = sign_in(contact).get(reverse("cases:new")).content.decode().partition(HEADING)[2]
    assert text.index("It is newer") < text.index("It matches")
    page = sign_in(contact).post(reverse("cases:new"), {"product_area": area.pk})
    text = page.content.decode().partition(HEADING)[2]
    assert text.index("It matches") < text.index("is about the area that you chose.") < text.index("It is newer")
