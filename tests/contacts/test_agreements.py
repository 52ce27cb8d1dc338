"""Someone of another organization is a contact only under an agreement with it, and no longer than it lasts."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, actions, tasks
from contacts.models import Agreement, AuditEvent, Designation, Message, Role, User
from tests.contacts.races import at_once
from tests.factories import (
    AgentFactory,
    AgreementFactory,
    DesignationFactory,
    DistrictFactory,
    ThirdPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")
ORGANIZATION = "Acme Data"
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def administrator(db):
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def district(administrator):
    return administrator.district


@pytest.fixture
def dana(district):
    return UserFactory(district=district, first_name="Dana", last_name="Lee", organization=ORGANIZATION)


@pytest.fixture
def clock(monkeypatch):
    def clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return clock


def of(district, **fields):
    return AgreementFactory(district=district, **fields)


def contact_under(agreement, **fields):
    return ThirdPartyFactory(agreement=agreement, user__first_name="Dana", user__last_name="Lee", **fields)


def stored(row):
    return type(row).objects.get(pk=row.pk)


def told(words):
    return {message.recipient for message in Message.objects.filter(title__contains=words)}


def today(zone=CHICAGO):
    return timezone.localdate(timezone=zone)


# --- starting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT])
def test_a_third_party_becomes_a_contact_under_the_agreement_and_ends_with_it(administrator, dana, role):
    agreement = of(administrator.district)
    designation = actions.designate(dana, role=role, by=administrator, agreement=agreement)
    assert (designation.agreement, designation.ends_at) == (agreement, agreement.expires_at)


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT])
def test_without_an_agreement_a_third_party_becomes_no_contact(administrator, dana, role):
    of(administrator.district, organization="Somebody else")
    of(DistrictFactory())
    with pytest.raises(ActionRefused, match=r"works for Acme Data\. They can be a contact only under an agreement"):
        actions.designate(dana, role=role, by=administrator)


def test_other_roles_need_no_agreement(administrator, dana):
    designation = actions.designate(dana, role=Role.CREDENTIAL_APPROVER, by=administrator)
    assert (designation.agreement, designation.ends_at) == (None, None)


def test_the_districts_own_people_need_none_and_are_under_none(administrator):
    agreement, own = of(administrator.district), UserFactory(district=administrator.district)
    designation = actions.designate(own, role=Role.SUPPORT_CONTACT, by=administrator, agreement=agreement)
    assert (designation.agreement, designation.ends_at) == (None, None)


def test_nothing_chosen_means_the_agreement_that_holds_longest(administrator, dana):
    of(administrator.district, expires_on=today() + timedelta(days=10))
    longest = of(administrator.district, expires_on=today() + timedelta(days=300), organization="ACME DATA")
    assert actions.designate(dana, role=Role.SUPPORT_CONTACT, by=administrator).agreement == longest


@pytest.mark.parametrize("zone", ["America/Chicago", "Pacific/Honolulu", "Asia/Tokyo"])
@pytest.mark.parametrize(
    ("signed_on", "expires_on"),
    # Two days on which a clock in Chicago changes, and two ordinary ones.
    [(date(2026, 3, 8), date(2026, 11, 1)), (date(2026, 1, 5), date(2026, 6, 30))],
)
def test_nobody_starts_a_microsecond_before_the_day_of_signing_or_after_the_last_day(
    administrator, district, dana, clock, zone, signed_on, expires_on
):
    district.time_zone = zone
    district.save()
    of(district, signed_on=signed_on, expires_on=expires_on)
    begins = datetime(signed_on.year, signed_on.month, signed_on.day, tzinfo=ZoneInfo(zone))
    next_day = expires_on + timedelta(days=1)
    ends = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(zone))
    person = User.objects.get(pk=dana.pk)
    for moment in (begins - INSTANT, ends):
        clock(moment)
        with pytest.raises(ActionRefused, match="in force"):
            actions.designate(person, role=Role.SUPPORT_CONTACT, by=administrator)
    for moment in (begins, ends - INSTANT):
        clock(moment.astimezone(ZoneInfo("UTC")))
        designation = actions.designate(person, role=Role.SUPPORT_CONTACT, by=administrator)
        assert designation.ends_at == ends
        Designation.objects.filter(pk=designation.pk).update(ended_at=moment)


def test_an_agreement_that_was_ended_is_not_in_force(administrator, dana):
    agreement = of(administrator.district)
    actions.end_agreement(agreement, by=administrator, reason="Another partner.")
    with pytest.raises(ActionRefused, match="in force"):
        actions.designate(dana, role=Role.SUPPORT_CONTACT, by=administrator, agreement=agreement)


# --- the end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/Chicago", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("expires_on", [date(2027, 11, 7), date(2027, 3, 14), date(2028, 2, 29)])
def test_the_role_ends_with_the_last_day_of_the_district_and_not_before(clock, zone, expires_on):
    district = DistrictFactory(time_zone=zone)
    held = contact_under(of(district, expires_on=expires_on, signed_on=date(2026, 1, 1)))
    next_day = expires_on + timedelta(days=1)
    end = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    clock(end - INSTANT)
    tasks.end_designations()
    assert stored(held).ended_at is None
    clock(end)
    tasks.end_designations()
    assert stored(held).ended_at == end
    assert stored(held).ended_by is None


def test_the_end_says_which_agreement_expired(district, clock):
    held = contact_under(of(district, expires_on=date(2027, 1, 5)))
    clock(held.ends_at)
    tasks.end_designations()
    assert stored(held).end_reason == "The agreement with Acme Data expired on Jan 5, 2027."
    assert Message.objects.filter(recipient=held.user, body__contains="expired on Jan 5, 2027").exists()
    assert AuditEvent.objects.get(action="contact.end_designation").object_key == str(held.pk)


def test_a_role_that_was_to_end_earlier_keeps_its_end_and_its_reason(district, clock):
    agreement = of(district)
    held = contact_under(agreement, ends_at=agreement.expires_at - timedelta(days=30))
    clock(held.ends_at)
    tasks.end_designations()
    assert stored(held).end_reason == "It was to end on this day."


def test_the_end_follows_when_the_district_changes_its_time_zone(administrator, district):
    held = contact_under(of(district))
    for zone in ("Asia/Tokyo", "Pacific/Honolulu"):
        district.time_zone = zone
        actions.change_district_settings(district, by=administrator, changed=["time_zone"])
        assert stored(held).ends_at == Agreement.objects.get().expires_at
        assert stored(held).ends_at.astimezone(ZoneInfo(zone)).hour == 0


def test_an_agreement_ended_early_ends_the_roles_under_it_at_once(administrator, district):
    agreement = of(district)
    held, other = contact_under(agreement), contact_under(of(district))
    actions.end_agreement(agreement, by=administrator, reason="They broke it.")
    assert stored(held).ended_by == administrator
    assert stored(held).end_reason == "The agreement with Acme Data was ended."
    assert stored(other).ended_at is None
    ended = stored(agreement)
    assert (ended.ended_by, ended.end_reason) == (administrator, "They broke it.")
    assert AuditEvent.objects.filter(action="agreement.end", object_key=str(agreement.pk)).count() == 1
    assert held.user in told("no longer a")
    with pytest.raises(ActionRefused, match="is over already"):
        actions.end_agreement(agreement, by=administrator, reason="Again.")


# --- renewal ------------------------------------------------------------------------------------------------------


def renewal_of(agreement, **fields):
    return of(agreement.district, **{"signed_on": today(), "expires_on": today() + timedelta(days=500)} | fields)


def test_a_renewal_lets_the_roles_go_on_and_their_end_follows(administrator, district, sign_in):
    held = contact_under(of(district))
    new = renewal_of(held.agreement)
    page = sign_in(administrator).get(new.get_absolute_url()).text
    assert "Dana Lee, support contact: until" in page
    url = reverse("contacts:renew_agreement", args=[new.pk])
    answer = sign_in(administrator).post(url, {"designations": [held.pk]}, follow=True).text
    assert "1 role now runs under this agreement." in answer
    assert (stored(held).agreement, stored(held).ends_at) == (new, new.expires_at)
    assert told("was renewed") == {held.user}
    assert AuditEvent.objects.get(action="contact.renew").detail["agreement"] == new.pk


def test_one_that_begins_the_day_after_the_other_expires_leaves_no_gap(administrator, district):
    held = contact_under(of(district, expires_on=today() + timedelta(days=10)))
    for days, is_possible in ((12, False), (11, True)):
        new = renewal_of(held.agreement, signed_on=today() + timedelta(days=days))
        if is_possible:
            actions.renew(new, designations=[held], by=administrator)
        else:
            with pytest.raises(ActionRefused, match="cannot go on under this agreement"):
                actions.renew(new, designations=[held], by=administrator)
    assert stored(held).agreement == new


@pytest.mark.parametrize("fields", [{"organization": "Other"}, {"expires_on": timezone.localdate()}])
def test_an_agreement_with_others_or_one_that_ends_earlier_renews_nothing(administrator, district, fields):
    held = contact_under(of(district))
    new = renewal_of(held.agreement, **{"signed_on": today() - timedelta(days=5)} | fields)
    with pytest.raises(ActionRefused):
        actions.renew(new, designations=[held], by=administrator)
    assert stored(held).agreement == held.agreement


def test_a_role_that_ends_earlier_than_its_agreement_keeps_its_end_in_a_renewal(administrator, district):
    agreement = of(district)
    held = contact_under(agreement, ends_at=agreement.expires_at - timedelta(days=3))
    actions.renew(renewal_of(agreement), designations=[held], by=administrator)
    assert stored(held).ends_at == held.ends_at


# --- warnings -----------------------------------------------------------------------------------------------------


@pytest.fixture
def due(district):
    """(a role under an agreement, its end)"""
    held = contact_under(of(district))
    return held, held.ends_at


@pytest.mark.parametrize("days", [60, 30, 7])
def test_a_warning_comes_so_many_days_before_the_expiry_and_not_a_microsecond_earlier(due, administrator, clock, days):
    held, end = due
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    Agreement.objects.update(warned_days_before={60: None, 30: 60, 7: 30}[days])
    clock(end - timedelta(days=days) - INSTANT)
    tasks.warn_of_agreements()
    assert not Message.objects.exists()
    clock(end - timedelta(days=days))
    tasks.warn_of_agreements()
    tasks.warn_of_agreements()
    assert Message.objects.get(recipient=held.user).title.endswith(f"ends in {days} days")
    assert Message.objects.get(recipient=administrator).title.endswith(f"Acme Data expires in {days} days")
    assert "Dana Lee" in Message.objects.get(recipient=administrator).body
    assert Message.objects.filter(recipient=lead).count() == (days == 7)
    assert AuditEvent.objects.get(action="agreement.warn").detail == {"days": days}


def test_what_was_missed_is_passed_over(due, clock):
    held, end = due
    for days in (25, 24, 6, 5):
        clock(end - timedelta(days=days))
        tasks.warn_of_agreements()
    titles = Message.objects.filter(recipient=held.user).order_by("pk").values_list("title", flat=True)
    assert [title.rpartition(" in ")[2] for title in titles] == ["25 days", "6 days"]


def test_nobody_is_warned_of_an_agreement_that_is_over_or_without_contacts(district, clock):
    empty, held = of(district), contact_under(of(district))
    clock(held.ends_at)
    tasks.warn_of_agreements()
    Designation.objects.filter(pk=held.pk).update(ended_at=held.ends_at)
    clock(empty.expires_at - timedelta(days=7))
    tasks.warn_of_agreements()
    assert not Message.objects.exists()


# --- the organization of a person ---------------------------------------------------------------------------------


def test_a_contact_does_not_change_organizations(administrator, district):
    own = DesignationFactory(user=UserFactory(district=district)).user
    for person, organization in ((contact_under(of(district)).user, ""), (own, ORGANIZATION)):
        person.organization = organization
        with pytest.raises(ActionRefused, match=r"is an authorized contact\. End that role before"):
            actions.change_person(person, by=administrator, changed=["organization"])


def test_an_administrator_says_whom_a_person_works_for_and_it_is_audited(administrator, district, sign_in):
    person = UserFactory(district=district)
    said = {"first_name": "Dana", "last_name": "Lee", "email": person.email, "organization": ORGANIZATION}
    sign_in(administrator).post(reverse("contacts:person", args=[person.pk]), said)
    assert stored(person).organization == ORGANIZATION
    assert "organization" in AuditEvent.objects.get(action="person.change").detail["changed"]


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_page_of_designating_offers_agreements_or_says_what_is_missing(administrator, dana, sign_in):
    client, url = sign_in(administrator), reverse("contacts:designate", args=[dana.pk])
    page = client.get(url).text
    assert "No agreement is in force" in page
    assert "/contacts/agreements/record/?organization=Acme+Data" in page
    answer = client.post(url, {"role": Role.SUPPORT_CONTACT})
    assert "No agreement with Acme Data is in force. Record one first." in answer.text
    agreement = of(administrator.district, document="LLA 7")
    assert "LLA 7" in client.get(url).text
    client.post(url, {"role": Role.SUPPORT_CONTACT, "agreement": agreement.pk})
    assert dana.designations.get().agreement == agreement


def test_recording_one(administrator, sign_in):
    said = {"organization": ORGANIZATION, "document": "LLA 7", "signed_on": "2026-01-01", "expires_on": "2099-12-31"}
    url = reverse("contacts:record_agreement")
    page = sign_in(administrator).post(url, said, follow=True).text
    agreement = Agreement.objects.get()
    assert (agreement.district, agreement.recorded_by) == (administrator.district, administrator)
    assert "The agreement with Acme Data is recorded." in page
    again = sign_in(administrator).post(url, said)
    assert "This agreement is recorded already." in again.text
    for changed, sentence in [
        ({"expires_on": "2026-01-01"}, "Enter a later day"),
        ({"link": "http://files.example/1"}, "Enter a valid URL."),
        ({"organization": ""}, "Enter the organization."),
    ]:
        assert sentence in sign_in(administrator).post(url, said | changed).text
    assert Agreement.objects.count() == 1


def test_after_recording_the_page_leads_back_to_whom_it_was_recorded_for(administrator, dana, sign_in):
    client = sign_in(administrator)
    page = client.get(reverse("contacts:designate", args=[dana.pk])).text
    address = re.search(r'href="([^"]*agreements/record/[^"]*)"', page)[1].replace("&amp;", "&")
    said = {"organization": ORGANIZATION, "document": "LLA 7", "signed_on": "2026-01-01", "expires_on": "2099-12-31"}
    page = client.post(address, said, follow=True).text
    assert f'href="{reverse("contacts:designate", args=[dana.pk])}"' in page
    assert f"Designate {dana}" in page
    agreement = Agreement.objects.get().get_absolute_url()
    for person in (UserFactory(district=DistrictFactory(), last_name="Foreign").pk, "x", "9" * 30):
        assert "Designate " not in client.get(agreement, {"person": person}).text
    assert f'under <a href="{reverse("contacts:people")}">' in client.get(agreement).text


def test_the_list_has_the_next_to_expire_first_and_those_that_are_over_apart(
    administrator, district, sign_in, django_assert_num_queries
):
    late = of(district, organization="Late Inc", expires_on=today() + timedelta(days=90))
    soon = of(district, organization="Soon Inc", expires_on=today() + timedelta(days=9))
    past = of(district, organization="Past Inc", signed_on=date(2020, 1, 1), expires_on=date(2021, 1, 1))
    of(DistrictFactory(), organization="Foreign Inc")
    contact_under(soon)
    client = sign_in(administrator)
    with django_assert_num_queries(5 + 3):
        page = client.get(reverse("contacts:agreements"))
    assert [(each, each.people) for each in page.context["page"].rows] == [(soon, 1), (late, 0)]
    assert client.get(reverse("contacts:agreements"), {"over": 1}).context["page"].rows == [past]


def test_a_lead_records_for_a_district_and_reads_of_all(district, sign_in):
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    client, url = sign_in(lead), reverse("contacts:record_agreement")
    assert "For which district?" in client.get(url).text
    said = {"organization": ORGANIZATION, "document": "LLA 7", "signed_on": "2026-01-01", "expires_on": "2099-12-31"}
    client.post(f"{url}?district={district.pk}", said)
    assert (Agreement.objects.get().district, Agreement.objects.get().recorded_by) == (district, lead)
    assert str(district) in client.get(reverse("contacts:agreements")).text


def test_everyone_reads_of_which_organization_a_contact_is(administrator, district, sign_in):
    contact_under(of(district))
    for reader in (UserFactory(district=district), administrator):
        assert "of Acme Data" in sign_in(reader).get(reverse("contacts:directory")).text
        assert "of Acme Data" in sign_in(reader).get(reverse("contacts:card")).text


def test_an_agreement_that_does_not_exist_is_not_found_and_neither_is_another_districts(administrator, sign_in):
    foreign = AgreementFactory()
    for name in ("agreement", "renew_agreement", "end_agreement"):
        url = reverse(f"contacts:{name}", args=[foreign.pk])
        assert sign_in(administrator).post(url, {"reason": "Mine."}).status_code in (404, 405)
    assert stored(foreign).ended_at is None


# --- two at once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nobody_starts_under_an_agreement_that_is_ended_at_the_same_moment(administrator, dana):
    for _ in range(8):
        agreement = of(administrator.district)
        other = UserFactory(district=administrator.district, roles=[Role.DISTRICT_ADMINISTRATOR])
        at_once(
            lambda: actions.designate(dana, role=Role.SUPPORT_CONTACT, by=administrator),
            lambda agreement=agreement, other=other: actions.end_agreement(agreement, by=other, reason="Over."),
        )
        assert stored(agreement).ended_at
        assert not Designation.objects.current().filter(user=dana).exists()
