"""Looking ahead: /credentials/ahead/, and the reminders that go out by the clock."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from contacts.models import AuditEvent, Role
from credentials import actions
from credentials.models import CredentialRecord
from credentials.reports import coming_months, forecast
from tests.factories import (
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    DesignationFactory,
    DistrictFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/credentials/ahead/"
REMIND = "/credentials/ahead/remind/"
TODAY = date(2026, 11, 22)


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def page(sign_in, administrator):
    def page(**query):
        response = sign_in(administrator).get(URL, query)
        assert response.status_code == 200
        return response

    return page


def expiring(district, days=30, **values):
    values.setdefault("holder", UserFactory(district=district))
    return CredentialRecordFactory(expires_on=district.today + timedelta(days=days), **values)


# --- the forecast -------------------------------------------------------------------------------------------------


def test_the_forecast_counts_by_month_type_subject_and_school(district):
    school = SchoolFactory(district=district, name="Oak High")
    teacher = UserFactory(district=district, school=school)
    license, permit = CredentialTypeFactory(name="License"), CredentialTypeFactory(name="Permit")
    both = CredentialRecordFactory(
        holder=teacher, type=license, expires_on=date(2027, 1, 31), subjects=["Science", "Reading"]
    )
    CredentialRecordFactory(holder=teacher, type=permit, expires_on=date(2027, 1, 1), subjects=["Science"])
    CredentialRecordFactory(holder=UserFactory(district=district), type=license, expires_on=date(2028, 4, 30))
    CredentialRecordFactory(holder=teacher, expires_on=date(2028, 5, 1))
    CredentialRecordFactory(holder=teacher, expires_on=TODAY - timedelta(days=1))
    CredentialRequestFactory(requester=teacher, record=both, is_new=False, type=license)
    found = forecast(CredentialRecord.objects.filter(district=district), TODAY)
    assert [(m.first, m.records, m.requested) for m in found.months if m.records] == [
        (date(2027, 1, 1), 2, 1),
        (date(2028, 4, 1), 1, 0),
    ]
    assert (len(found.months), found.total, found.highest) == (18, 3, 2)
    assert [(row["name"], row["number"]) for row in found.types] == [("License", 2), ("Permit", 1)]
    assert [(row["name"], row["number"]) for row in found.subjects] == [("Science", 2), ("Reading", 1)]
    assert [(row["name"], row["number"]) for row in found.schools] == [("Oak High", 2), (None, 1)]


def test_the_months_go_on_over_the_year():
    months = coming_months(date(2026, 11, 22))
    assert (months[0], months[1], months[2], months[-1]) == (
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2028, 4, 1),
    )


def test_the_chart_has_its_tables(page, district):
    expiring(district, subjects=["Science"], type=CredentialTypeFactory(name="License"))
    text = page().text
    assert 'role="img" aria-label="Credentials that expire, by month. The table below has the same numbers."' in text
    for caption in ("By month", "By type", "By subject", "By school"):
        assert f"<caption>{caption}</caption>" in text
    assert "?subject=Science#due" in text


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_has_what_expires_soon_the_next_first(page, district):
    expiring(district, 170, identifier="LATER")
    expiring(district, 20, identifier="SOON")
    expiring(district, 200, identifier="NEXT-YEAR")
    expiring(district, -1, identifier="OVER")
    expiring(DistrictFactory(), 20, identifier="ELSEWHERE")
    rows = page().context["page"].rows
    assert [record.identifier for record in rows] == ["SOON", "LATER"]


def test_the_list_is_narrowed_by_month_type_subject_and_school(page, district):
    school = SchoolFactory(district=district)
    wanted = expiring(district, 250, subjects=["Science"], holder=UserFactory(district=district, school=school))
    expiring(district, 20)
    month = wanted.expires_on.strftime("%Y-%m")
    for narrowed in ({"type": wanted.type_id}, {"subject": "Science"}, {"school": school.pk}, {}):
        assert page(month=month, **narrowed).context["page"].rows == [wanted]
    assert page(month=month, subject="Art").context["page"].rows == []
    foreign = SchoolFactory()
    assert "Nobody" not in page(school=foreign.pk).text
    assert page(school=foreign.pk).context["filters"].is_refused


def test_an_approver_of_a_school_sees_its_staff_only(sign_in, district):
    school = SchoolFactory(district=district)
    approver = UserFactory(district=district)
    DesignationFactory(user=approver, role=Role.CREDENTIAL_APPROVER, school=school)
    own = expiring(district, holder=UserFactory(district=district, school=school))
    expiring(district)
    assert sign_in(approver).get(URL).context["page"].rows == [own]


def test_the_page_says_when_the_portal_reminds(page, district, settings):
    settings.CREDENTIAL_REMIND_DAYS_BEFORE, settings.CREDENTIAL_EXPIRES_SOON = (100, 50, 7), timedelta(days=99)
    expiring(district, 200)
    assert "Nothing expires in the next 99 days." in page().text
    expiring(district)
    assert "reminds everyone 100, 50 and 7 days before." in page().text


def test_a_quiet_year_says_so(page):
    assert "No credential of the staff expires" in page().text


def test_the_queries_do_not_grow_with_the_records(page, district, django_assert_max_num_queries):
    expiring(district)
    page()
    with django_assert_max_num_queries(20) as few:
        page()
    for _ in range(5):
        expiring(district)
    with django_assert_max_num_queries(len(few)):
        page()


# --- one press ----------------------------------------------------------------------------------------------------


def test_one_press_reminds_each_holder_once_of_all_that_is_due(sign_in, administrator, district):
    teacher = UserFactory(district=district)
    for number in ("A-1", "A-2"):
        expiring(district, holder=teacher, identifier=number)
    waits = expiring(district)
    CredentialRequestFactory(requester=waits.holder, record=waits, is_new=False, type=waits.type)
    expiring(district, 300)
    response = sign_in(administrator).post(REMIND, follow=True)
    assert "You reminded 1 person." in response.text
    [message] = teacher.messages.all()
    assert message.title == "2 credentials of yours expire"
    assert "A-1" in message.body
    assert "A-2" in message.body
    assert not waits.holder.messages.exists()
    assert AuditEvent.objects.filter(action="credential_record.remind_all").count() == 1


def test_a_second_press_reminds_nobody_again_on_the_same_day(sign_in, administrator, district):
    record = expiring(district)
    sign_in(administrator).post(REMIND)
    response = sign_in(administrator).post(REMIND, follow=True)
    assert "Everyone here was reminded today" in response.text
    CredentialRecord.objects.update(reminded_at=timezone.now() - timedelta(days=2))
    sign_in(administrator).post(REMIND)
    assert record.holder.messages.count() == 2


def test_the_press_keeps_to_the_filters(sign_in, administrator, district):
    reminded, left = expiring(district), expiring(district)
    response = sign_in(administrator).post(f"{REMIND}?type={reminded.type_id}")
    assert response.url == f"{URL}?type={reminded.type_id}#due"
    assert reminded.holder.messages.exists()
    assert not left.holder.messages.exists()


@pytest.mark.parametrize("query", ["month=2020-01", "school=0", "type=x", "subject=" + "x" * 101])
def test_a_filter_that_is_none_reminds_nobody_and_lists_nobody(sign_in, administrator, district, query):
    record, browser = expiring(district), sign_in(administrator)
    assert "One of the filters is not on its list." in browser.post(f"{REMIND}?{query}").text
    assert not record.holder.messages.exists()
    assert str(record.holder) not in browser.get(f"{URL}?{query}").text


def test_who_lost_the_role_reminds_nobody(administrator, district):
    record = expiring(district)
    administrator.designations.update(ended_at=timezone.now() + timedelta(microseconds=1))
    with pytest.raises(Exception, match="Your role has ended"):
        actions.remind_all(by=administrator, records=CredentialRecord.objects.filter(district=district))
    assert not record.holder.messages.exists()


# --- by the clock -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "is_reminded"), [(181, False), (180, True), (91, True), (90, True), (30, True), (0, True), (-1, False)]
)
def test_a_holder_is_reminded_from_180_days_on(district, days, is_reminded):
    record = expiring(district, days)
    assert actions.remind_of_expiry() == is_reminded
    assert record.holder.messages.count() == is_reminded


def test_each_of_the_three_reminders_comes_once(district):
    record = expiring(district, 180)
    told = []
    for days in (180, 179, 91, 90, 89, 31, 30, 29, 0):
        CredentialRecord.objects.update(expires_on=district.today + timedelta(days=days))
        # The day moves on, not the expiry.
        CredentialRecord.objects.filter(reminded_of__isnull=False).update(
            reminded_of=district.today + timedelta(days=days)
        )
        if actions.remind_of_expiry():
            told.append(days)
        assert actions.remind_of_expiry() == 0
    assert told == [180, 90, 30]
    assert record.holder.messages.count() == 3


def test_what_expires_soon_stands_in_one_message(district):
    teacher = UserFactory(district=district)
    for days in (20, 80, 170):
        expiring(district, days, holder=teacher)
    assert actions.remind_of_expiry() == 1
    [message] = teacher.messages.all()
    assert message.title == "3 credentials of yours expire"


def test_a_renewed_record_is_reminded_of_anew(district):
    record = expiring(district, 20)
    actions.remind_of_expiry()
    CredentialRecord.objects.update(expires_on=district.today + timedelta(days=170))
    assert actions.remind_of_expiry() == 1
    record.refresh_from_db()
    assert (record.reminded_of, record.reminded_days) == (record.expires_on, 180)


def test_nobody_is_reminded_of_what_waits_for_a_decision_or_cannot_sign_in(district):
    waits = expiring(district)
    CredentialRequestFactory(requester=waits.holder, record=waits, is_new=False, type=waits.type)
    expiring(district, holder=UserFactory(district=district, is_active=False))
    assert actions.remind_of_expiry() == 0
