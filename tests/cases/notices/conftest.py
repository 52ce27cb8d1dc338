from datetime import timedelta

import pytest
from django.utils import timezone

from cases import actions
from tests.factories import ProductAreaFactory, UserFactory


@pytest.fixture
def teacher(district):
    return UserFactory(district=district)


@pytest.fixture
def post(agent, district):
    """Post a notice for the district: ``post(is_public=True)``; without more, an incident."""

    def post(kind="incident", by=agent, **said):
        start = timezone.now() + (timedelta(days=7) if kind == "maintenance" else timedelta())
        usual = {
            "title": "Attendance is slow",
            "instructions": "Take attendance on paper.",
            "everyone": False,
            "districts": [] if said.get("everyone") else [district],
            "product_areas": [],
            "site_kinds": ["production"],
            "starts_at": start,
            "expected_end": start + timedelta(hours=3),
            "is_public": False,
        }
        return actions.post_notice(kind=kind, by=by, **usual | said)

    return post


@pytest.fixture
def area():
    return ProductAreaFactory(name="Bell schedules")


@pytest.fixture
def change(agent):
    """Change a notice, and leave as it is whatever is not named: ``change(notice, title="Grades")``."""

    def change(notice, by=agent, text="We know more now.", **said):
        fields = ("title", "instructions", "everyone", "site_kinds", "starts_at", "expected_end", "is_public")
        so_far = {name: getattr(notice, name) for name in fields}
        so_far |= {"districts": list(notice.districts.all()), "product_areas": list(notice.product_areas.all())}
        return actions.change_notice(notice, by=by, text=text, **so_far | said)

    return change
