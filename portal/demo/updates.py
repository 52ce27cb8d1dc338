from datetime import timedelta

from django.utils import timezone

from cases import actions
from cases.models import Site, UpdateRequest, UpdateStep, Version, possible_windows
from contacts.models import District, User

Status = UpdateRequest.Status
# An invented host, as everything here.
NOTES = "https://learn.support.example/releases"
VERSIONS = [("Suite 2607", 130, "older"), ("Suite 2609", 70, "previous"), ("Suite 2611", 12, "current")]
SITES = {"demo": ["production", "sandbox", "staging"], "other": ["production", "sandbox"]}
WHY_REFRESH = "We try next year's bell schedule in the sandbox, and need this year's sections there."
WHY_UPDATE = "The attendance fix that we wait for is in it."


def add_updates():
    """One refresh is scheduled, one update waits for Support, and one was done some weeks ago."""
    today = timezone.localdate()
    for name, days, standing in VERSIONS:
        address = f"{NOTES}/{name.removeprefix('Suite ')}"
        released_on = today - timedelta(days=days)
        Version.objects.create(name=name, released_on=released_on, notes_url=address, standing=standing)
    for slug, kinds in SITES.items():
        add_sites(District.objects.get(slug=slug), kinds)
    technical, agent = (User.objects.get(email=each) for each in ("technical@demo.example", "agent@support.example"))
    add_past(technical, agent)
    add_scheduled(technical, agent)


def add_sites(district, kinds):
    earlier = Version.objects.get(name="Suite 2607")
    for kind in kinds:
        refreshed = timezone.now() - timedelta(days=97) if kind == "sandbox" else None
        updated = timezone.now() - timedelta(days=118)
        Site.objects.create(district=district, kind=kind, version=earlier, updated_at=updated, refreshed_at=refreshed)


def add_scheduled(technical, agent):
    sandbox, staging = technical.district.sites.filter(kind__in=["sandbox", "staging"]).order_by("kind")
    window = possible_windows("sandbox", timezone.now())[0]
    about = {"by": technical, "window": window}
    typed = {"acknowledgement": "overwrite sandbox", "notify": [User.objects.get(email="coach@demo.example")]}
    refresh = actions.request_update(sandbox, kind="refresh", reason=WHY_REFRESH, **typed, **about)
    actions.schedule_update(refresh, by=agent, window=window)
    current = Version.objects.get(standing=Version.Standing.CURRENT)
    actions.request_update(staging, kind="version", target=current, reason=WHY_UPDATE, **about)


def add_past(technical, agent):
    """As it went, week by week; the actions know only of now."""
    previous, site = Version.objects.get(name="Suite 2609"), technical.district.sites.get(kind="production")
    start = timezone.now() - timedelta(days=33)
    window = {"window_start": start, "window_end": start + timedelta(hours=3)}
    done = start + timedelta(hours=2)
    update = UpdateRequest.objects.create(
        district=site.district,
        site=site,
        site_kind=site.kind,
        kind="version",
        target=previous,
        reason="Report cards need the new grade scales.",
        requested_by=technical,
        requested_at=start - timedelta(days=9),
        status=Status.COMPLETED,
        scheduled_start=start,
        scheduled_end=window["window_end"],
        ended_at=done,
        **window,
    )
    steps = [
        (Status.REQUESTED, technical, update.requested_at, update.reason, {}),
        (Status.SCHEDULED, agent, start - timedelta(days=8), "", window),
        (Status.IN_PROGRESS, agent, start, "", {}),
        (Status.COMPLETED, agent, done, "All services are up again, and we checked the grade book.", {}),
    ]
    for status, by, at, reason, when in steps:
        about = {"district": site.district, "request": update, "status": status}
        UpdateStep.objects.create(**about, **when, by=by, at=at, reason=reason)
    site.version, site.updated_at = previous, done
    site.save(update_fields=["version", "updated_at"])
