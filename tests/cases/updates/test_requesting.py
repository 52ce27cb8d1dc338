"""The technical contact asks for refreshes and version updates; who may not is told why, and whom to ask."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Site, UpdateRequest, coming_windows, possible_windows
from contacts import ActionRefused
from contacts.models import AuditEvent, Message, Role
from tests.factories import DesignationFactory, DistrictFactory, SiteFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db
WHY = "We try the new schedule first."


def address(site, what="refresh"):
    return f"/updates/sites/{site.pk}/{what}/"


def key(window):
    return f"{window.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def filled(site, **said):
    window = possible_windows(site.kind, timezone.now())[0]
    return {"window": key(window), "reason": WHY, "acknowledgement": "overwrite sandbox"} | said


def test_the_technical_contact_requests_a_refresh_and_both_sides_and_the_named_are_told(
    sandbox, technical_contact, contact, agent, lead, queue, teacher, sign_in
):
    client = sign_in(technical_contact)
    page = client.post(address(sandbox), filled(sandbox, staff=teacher.email), follow=True)
    update = UpdateRequest.objects.get()
    assert "is requested" in page.text
    assert (update.status, update.requested_by, update.acknowledgement) == (
        "requested",
        technical_contact,
        "overwrite sandbox",
    )
    told = {message.recipient: message for message in Message.objects.all()}
    assert told.keys() == {contact, agent, teacher}
    assert told[contact].title == f"Requested: Refresh of sandbox ({update.district})"
    assert "All data of the site will be overwritten" in told[teacher].body
    assert WHY in told[teacher].body
    # They may not open the request.
    assert (told[teacher].link, told[agent].link) == ("", update.get_absolute_url())
    assert AuditEvent.objects.get(action="update.request").actor_key == str(technical_contact.pk)


def test_without_anybody_in_the_team_all_of_support_is_told(refresh, agent, lead):
    refresh()
    assert set(Message.objects.values_list("recipient", flat=True)) == {agent.pk, lead.pk}


def test_an_acting_technical_contact_requests_and_after_their_last_day_no_more(sandbox, district, sign_in):
    acting = UserFactory(district=district)
    held = DesignationFactory(
        user=acting, role=Role.TECHNICAL_CONTACT, is_acting=True, ends_at=timezone.now() + timedelta(days=3)
    )
    assert sign_in(acting).post(address(sandbox), filled(sandbox)).status_code == 302
    held.ends_at = held.started_at + timedelta(microseconds=1)
    held.save()
    assert sign_in(acting).get("/updates/").status_code == 403


def test_what_is_typed_is_the_words_and_nothing_else(sandbox, technical_contact, sign_in):
    client = sign_in(technical_contact)
    for typed in ("", "yes", "overwrite", "overwrite staging"):
        page = client.post(address(sandbox), filled(sandbox, acknowledgement=typed))
        assert page.status_code == 200
        assert page.context["form"].errors.keys() == {"acknowledgement"}
    assert client.post(address(sandbox), filled(sandbox, acknowledgement=" OVERWRITE  Sandbox ")).status_code == 302


def test_too_early_a_window_is_refused_with_the_first_possible_one(sandbox, technical_contact, sign_in, refresh):
    now = timezone.now()
    early, possible = coming_windows("sandbox", now)[0], possible_windows("sandbox", now)[0]
    assert early < possible
    with timezone.override(technical_contact.zone):
        first = f"This window is too early. The first possible one is {possible}."
    page = sign_in(technical_contact).post(address(sandbox), filled(sandbox, window=key(early)))
    assert page.context["form"].errors["window"] == [first]
    with timezone.override(technical_contact.zone), pytest.raises(ActionRefused) as refused:
        refresh(window=early)
    assert str(refused.value) == first


@pytest.mark.parametrize("typed", ["2030-01-02T03:04Z", "x", "", "2030-01-02"])
def test_only_maintenance_windows_are_taken(typed, sandbox, technical_contact, sign_in):
    page = sign_in(technical_contact).post(address(sandbox), filled(sandbox, window=typed))
    assert page.context["form"].errors.keys() == {"window"}


def test_the_lead_time_is_to_the_second(settings, monkeypatch):
    settings.MAINTENANCE_WINDOWS = {"sandbox": [(3, datetime(2026, 1, 1, 20).time(), datetime(2026, 1, 1, 22).time())]}
    settings.UPDATE_LEAD_TIME = timedelta(days=5)
    thursday = datetime(2026, 12, 4, 2, tzinfo=UTC)  # 8 PM of the third in Chicago
    before = thursday - timedelta(days=5, seconds=1)
    assert possible_windows("sandbox", before)[0].start == thursday
    assert possible_windows("sandbox", before + timedelta(seconds=1))[0].start == thursday + timedelta(days=7)


def test_windows_keep_the_clock_of_their_zone_when_clocks_change():
    starts = {
        window.start.astimezone(UTC).hour for window in coming_windows("production", datetime(2026, 10, 20, tzinfo=UTC))
    }
    assert starts == {5, 6}  # 12:30 AM in Chicago, in summer and in winter


def test_windows_are_shown_in_the_readers_zone(sandbox, technical_contact, sign_in):
    technical_contact.time_zone = "America/Los_Angeles"
    technical_contact.save()
    assert "6:00 PM to 8:00 PM P" in sign_in(technical_contact).get(address(sandbox)).text


def test_one_is_open_per_site_and_kind_and_the_second_is_told_who_was_first(refresh, technical_contact, sandbox):
    first = refresh()
    later = possible_windows("sandbox", timezone.now())[1]
    with pytest.raises(ActionRefused, match=f"{technical_contact} already requested this: .* is requested"):
        refresh(window=later)
    assert refresh() == first
    actions.cancel_update(first, by=technical_contact, reason="No.")
    assert refresh(window=later) != first


@pytest.mark.parametrize("kind", ["production", "preview"])
def test_only_sandbox_and_staging_are_refreshed(kind, district, technical_contact, refresh, sign_in):
    site = SiteFactory(district=district, kind=kind)
    page = sign_in(technical_contact).get(address(site)).text
    assert "Only the sandbox and the staging site are refreshed" in page
    assert "Send the request" not in page
    with pytest.raises(ActionRefused, match="Only the sandbox and the staging"):
        refresh(site)


RULES = [
    ({"hosted_by_vendor": True}, ""),
    ({"hosted_by_vendor": True, "in_state_edition": True}, "Ask your state or consortium"),
    ({"in_state_edition": True}, "Ask your state or consortium"),
    ({}, "Ask whoever runs your servers"),
]


@pytest.mark.parametrize(("plan", "rule"), RULES)
def test_version_updates_are_for_hosted_districts_that_are_not_updated_as_a_group(plan, rule, versions, sign_in):
    district = DistrictFactory(**plan)
    site = SiteFactory(district=district, kind="production")
    client = sign_in(UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT]))
    said = {**filled(site), "target": versions[0].pk}
    link = address(site, "version")
    if not rule:
        assert link in client.get("/updates/").text
        assert client.post(link, said).status_code == 302
        assert UpdateRequest.objects.get().target == versions[0]
        return
    assert rule in client.get("/updates/").text
    assert link not in client.get("/updates/").text
    assert rule in client.get(link).text
    assert client.post(link, said).status_code == 409
    assert not UpdateRequest.objects.exists()


def test_a_site_is_offered_the_current_and_the_previous_version_if_they_are_newer(versions, sign_in):
    district = DistrictFactory(hosted_by_vendor=True)
    older = VersionFactory(released_on="2026-07-01")
    site = SiteFactory(district=district, kind="staging", version=older)
    client = sign_in(UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT]))

    def offered():
        Site.objects.filter(pk=site.pk).update(version=site.version)
        return set(client.get(address(site, "version")).context["form"].fields["target"].queryset)

    assert offered() == set(versions)
    site.version = versions[1]
    assert offered() == {versions[0]}
    site.version = versions[0]
    assert offered() == set()
    assert "There is nothing to request" in client.get(address(site, "version")).text


def test_who_is_named_is_of_the_district_and_can_sign_in(sandbox, technical_contact, district, sign_in):
    client = sign_in(technical_contact)
    for person in (UserFactory(), UserFactory(district=district, is_active=False)):
        page = client.post(address(sandbox), filled(sandbox, staff=person.email))
        assert page.context["form"].errors["staff"] == [
            f"Nobody of your district who can sign in has this address: {person.email}."
        ]


def test_coaches_are_chosen_and_contacts_are_told_anyway(sandbox, technical_contact, contact, district, sign_in):
    coach = UserFactory(district=district, roles=[Role.BUILDING_COACH])
    other = UserFactory(roles=[Role.BUILDING_COACH])
    client = sign_in(technical_contact)
    assert set(client.get(address(sandbox)).context["form"].fields["contacts"].queryset) == {coach}
    assert client.post(address(sandbox), filled(sandbox, contacts=[other.pk])).status_code == 200
    assert client.post(address(sandbox), filled(sandbox, contacts=[coach.pk])).status_code == 302
    assert list(UpdateRequest.objects.get().notified.all()) == [coach]


def test_a_support_contact_reads_everything_and_changes_nothing(refresh, contact, sandbox, sign_in):
    update = refresh()
    client = sign_in(contact)
    page = client.get("/updates/").text
    assert update.what in page
    assert address(sandbox) not in page
    assert "<form" not in client.get(update.get_absolute_url()).text.split("What happened")[1].split("</main>")[0]
    assert client.post(address(sandbox), filled(sandbox)).status_code == 403
    assert client.post(f"{update.get_absolute_url()}cancel/", {"reason": "No."}).status_code == 403
