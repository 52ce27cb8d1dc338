import pytest
from django.utils import timezone

from cases import actions
from cases.models import Team, possible_windows
from tests.factories import SiteFactory, UserFactory, VersionFactory

WHY = "We try the new schedule first."


@pytest.fixture
def sandbox(district):
    return SiteFactory(district=district)


@pytest.fixture
def versions():
    """(current, previous)"""
    current = VersionFactory(standing="current", released_on="2026-11-01", name="Suite 11")
    return current, VersionFactory(standing="previous", released_on="2026-09-01", name="Suite 9")


@pytest.fixture
def refresh(sandbox, technical_contact):
    """Ask for a refresh of the sandbox: ``refresh(window=…)``."""

    def refresh(site=sandbox, by=technical_contact, **said):
        said = {"window": possible_windows(site.kind, timezone.now())[0], "reason": WHY} | said
        return actions.request_update(site, by=by, kind="refresh", acknowledgement="overwrite sandbox", **said)

    return refresh


@pytest.fixture
def queue(agent):
    """The agent works the update requests; another one does not."""
    team = Team.objects.get(works_updates=True)
    team.members.add(agent)
    return team


@pytest.fixture
def teacher(district):
    return UserFactory(district=district)
