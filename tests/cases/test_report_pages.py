"""The pages of the reports: who reads what, of which period, and the files of their tables."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from cases.models import Case, TimelineEntry
from cases.reports import AROUND, Asked, Period, last_days, tables
from contacts.models import AuditEvent, Role
from tests.factories import AgentFactory, CaseFactory, DistrictFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")
PAGES = ["/reports/", "/reports/people/", "/reports/training/?trained_on=2026-01-05"]
PAGES_OF_SUPPORT = ["/reports/", "/reports/districts/", "/reports/training/", "/reports/exceptions/"]


def lines(response):
    assert response.streaming
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


# --- whose


def test_a_contact_reads_about_their_own_district_alone(contact, sign_in):
    area = ProductAreaFactory(name="Only elsewhere")
    CaseFactory.create_batch(3, product_area=area, settled_as="how_to")
    CaseFactory.create_batch(2, contact=contact, product_area=ProductAreaFactory(name="Only here"))
    client = sign_in(contact)
    for page in PAGES:
        text = client.get(page).text
        assert "Only elsewhere" not in text, page
    assert "Only here" in client.get("/reports/").text
    assert "Only here" in client.get("/reports/training/").text
    assert [row[:2] for row in lines(client.get("/reports/open-by-area.csv"))[1:]] == [["Only here", "2"]]


def test_another_district_in_the_address_is_not_found(contact, agent, sign_in):
    other = DistrictFactory()
    client = sign_in(contact)
    for page in [*PAGES, "/reports/schools.csv"]:
        address = f"{page}{'&' if '?' in page else '?'}district="
        assert client.get(f"{address}{other.pk}").status_code == 404
        assert client.get(f"{address}999999999").status_code == 404
        assert client.get(f"{address}{contact.district_id}").status_code == 200
    assert f"Reports of {other.name}" in sign_in(agent).get(f"/reports/?district={other.pk}").text


@pytest.mark.parametrize("role", [None, Role.BUILDING_COACH, Role.DISTRICT_ADMINISTRATOR, Role.CREDENTIAL_APPROVER])
def test_who_may_not_see_the_districts_cases_does_not_read_about_them(role, district, sign_in):
    client = sign_in(UserFactory(district=district, roles=[role] if role else []))
    assert client.get("/reports/").status_code == 403
    assert "/reports/" not in client.get("/").text


def test_support_chooses_the_district_whose_people_it_looks_at(contact, agent, sign_in):
    client = sign_in(agent)
    assert f"?district={contact.district_id}" in client.get("/reports/people/").text
    CaseFactory(contact=contact)
    assert contact.display_name in client.get(f"/reports/people/?district={contact.district_id}").text


def test_the_pages_of_support_say_what_there_is(agent, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    client = sign_in(agent)
    for page in PAGES_OF_SUPPORT:
        assert client.get(page).status_code == 200
    page = client.get("/reports/").text
    assert "No team: all of Support" in page
    assert agent.display_name in page
    assert case.district.name in client.get("/reports/districts/").text


# --- which period


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "name"),
    [
        ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), "February 2028"),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), "December 2026"),
        ("quarter", date(2026, 11, 24), date(2026, 10, 1), date(2026, 12, 31), "October to December 2026"),
        ("quarter", date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31), "January to March 2026"),
        ("year", date(2026, 6, 30), date(2025, 7, 1), date(2026, 6, 30), "School year 2025-26"),
        ("year", date(2026, 7, 1), date(2026, 7, 1), date(2027, 6, 30), "School year 2026-27"),
    ],
)
def test_a_day_lies_in_its_month_quarter_and_school_year(kind, day, first, last, name):
    period = AROUND[kind](day, CHICAGO)
    assert (period.first, period.last, str(period)) == (first, last, name)
    assert (period.before.last, period.after.first) == (first - timedelta(days=1), last + timedelta(days=1))
    assert period.before.after == period.after.before == period


def test_the_period_before_days_or_a_range_is_as_long():
    days = last_days(30, date(2026, 11, 24), CHICAGO)
    assert (days.first, days.before.first, days.before.last) == (
        *(date(2026, 10, 26), date(2026, 9, 26), date(2026, 10, 25)),
    )
    assert Period("range", date(2026, 1, 5), date(2026, 1, 5), CHICAGO).before.first == date(2026, 1, 4)


def test_the_day_when_the_clocks_change_is_an_hour_longer_or_shorter():
    spring, fall = (Period("range", day, day, CHICAGO) for day in (date(2026, 3, 8), date(2026, 11, 1)))
    assert [(each.end.timestamp() - each.start.timestamp()) / 3600 for each in (spring, fall)] == [23, 25]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "Last 30 days"),
        ("days=90", "Last 90 days"),
        ("days=7", "Last 30 days"),
        ("period=nonsense", "Last 30 days"),
        ("period=month&on=2026-02-10", "February 2026"),
        ("period=year&on=2026-02-10", "School year 2025-26"),
        ("period=range&first=2026-02-10&last=2026-03-01", "Feb 10, 2026 to Mar 1, 2026"),
    ],
)
def test_the_period_is_in_the_address_and_goes_along_to_the_other_pages(query, name, contact, sign_in):
    client = sign_in(contact)
    page = client.get(f"/reports/?{query}").text
    assert f"<span>{name}</span>" in page
    training = re.search(r'href="(/reports/training/\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert f"<span>{name}</span>" in client.get(training).text


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("period=range&first=2026-03-02&last=2026-03-01", "The last day is the first day or one after it."),
        ("period=range&first=2026-03-02", "Enter the first and the last day."),
        ("period=range&first=never&last=2026-03-02", "Enter a valid date."),
        ("period=month&on=0001-01-01", "Enter a day of this century."),
        ("period=year&on=9999-12-31", "Enter a day of this century."),
        ("trained_on=9999-12-31", "Enter a day of this century."),
    ],
)
def test_days_that_make_no_period_are_refused_and_the_usual_one_is_shown(query, why, contact, sign_in):
    client = sign_in(contact)
    page = client.get(f"/reports/training/?{query}").text
    assert why in page
    assert "<span>Last 30 days</span>" in page
    assert client.get(f"/reports/recurring.csv?{query}").status_code == 404


def test_months_and_days_are_those_of_the_readers_clock(contact, sign_in):
    CaseFactory(contact=contact, created_at="2026-03-01T05:59Z")  # still February in Chicago
    client = sign_in(contact)
    submitted = {}
    for zone in ("America/Chicago", "America/New_York"):
        contact.time_zone = zone
        contact.save()
        submitted[zone] = lines(client.get("/reports/figures.csv?period=month&on=2026-02-01"))[1][:2]
    assert submitted == {"America/Chicago": ["February 2026", "1"], "America/New_York": ["February 2026", "0"]}


# --- files


def test_every_table_is_a_file_with_the_columns_and_rows_of_the_page(contact, lead, sign_in):
    CaseFactory.create_batch(2, contact=contact, product_area=ProductAreaFactory(), settled_as="how_to")
    client = sign_in(lead)
    for offered in tables.TABLES.values():
        for slug, make in offered.items():
            found = lines(client.get(f"/reports/{slug}.csv"))
            assert {len(line) for line in found} == {len(found[0])}, slug
            assert make(Asked(None, last_days(30, date(2026, 11, 24), CHICAGO), timezone.now())).slug == slug
    assert lines(client.get("/reports/recurring.csv"))[1][1:5] == ["Question", "2", "2", "0"]


def test_the_links_of_the_pages_lead_to_their_files_with_the_period(contact, lead, sign_in):
    CaseFactory.create_batch(2, contact=contact, product_area=ProductAreaFactory())
    for person, pages in ((contact, PAGES), (lead, PAGES_OF_SUPPORT)):
        client = sign_in(person)
        for page in pages:
            address = f"{page}{'&' if '?' in page else '?'}days=90"
            for link in re.findall(r'href="(/reports/[\w-]+\.csv\?[^"]*)"', client.get(address).text):
                assert "days=90" in link
                assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_times_are_hours_a_spreadsheet_can_count_with(contact, agent, sign_in):
    monday = datetime(2026, 10, 5, 9, tzinfo=CHICAGO)
    case = CaseFactory(contact=contact, created_at=monday)
    at = monday + timedelta(hours=2, minutes=15)
    said = {"case": case, "district": case.district, "status": "assigned", "text": "Words."}
    TimelineEntry.objects.create(action="replied", by=agent, created_at=at, **said)
    header, row, _ = lines(sign_in(contact).get("/reports/figures.csv?period=month&on=2026-10-01"))
    found = dict(zip(header, row, strict=True))
    assert found["Time to first answer in business hours, median"] == "2.25"
    assert (found["Closed"], found["Time to close in business hours, median"], found["Reopen rate, percent"]) == (
        *("0", "", ""),
    )


def test_what_people_called_themselves_is_no_formula(contact, sign_in):
    contact.first_name = '=HYPERLINK("http://evil.example")'
    contact.save()
    CaseFactory(contact=contact)
    (row,) = lines(sign_in(contact).get("/reports/contacts.csv"))[1:]
    assert row[0].startswith("'=HYPERLINK")


def test_who_took_which_table_along_is_audited(contact, agent, sign_in):
    sign_in(contact).get("/reports/schools.csv?period=month&on=2026-10-01")
    event = AuditEvent.objects.get(action="report.export")
    assert (event.actor_key, event.object_label, event.district_key) == (
        *(str(contact.pk), contact.district.name, str(contact.district_id)),
    )
    assert event.detail == {"table": "By school", "period": "October 2026"}
    sign_in(agent).get("/reports/queues.csv")
    assert AuditEvent.objects.filter(action="report.export", district_key="", actor_key=str(agent.pk)).count() == 1


def test_a_file_has_the_rows_that_a_page_leaves_out(contact, sign_in):
    for number in range(30):
        CaseFactory(contact=contact, product_area=ProductAreaFactory(name=f"Area of {number}"))
    client = sign_in(contact)
    page = client.get("/reports/").text
    assert "These are the first 25 rows; the CSV has all of them." in page
    assert len(lines(client.get("/reports/open-by-area.csv"))) == 31


def test_a_sentence_says_what_there_was_before_and_after_a_training(contact, agent, sign_in):
    now, today = timezone.now(), timezone.localdate(timezone=CHICAGO)
    for days, settled_as in ((4, "how_to"), (3, "how_to"), (1, "how_to"), (1, "other")):
        CaseFactory(contact=contact, created_at=now - timedelta(days=days), settled_as=settled_as)
    page = sign_in(contact).get("/reports/training/", {"trained_on": today - timedelta(days=2)}).text
    text = " ".join(strip_tags(page).split())
    assert "In the 2 days before it: 2 cases, 2 of them settled as how-to." in text
    assert "In the 2 days after it: 2 cases, 1 of them settled as how-to." in text


# --- how many queries


@pytest.mark.parametrize(
    ("page", "queries"),
    [("/reports/", 7), ("/reports/people/", 4 + 1), ("/reports/training/?trained_on=2026-01-05", 4)],
)
def test_a_district_with_a_thousand_cases_takes_as_many_queries_as_one_with_ten(page, queries, contact, sign_in):
    assert counted(contact, page, sign_in(contact)) == [6 + 1 + queries] * 2


@pytest.mark.parametrize(("page", "queries"), [("/reports/", 8), ("/reports/districts/", 2), ("/reports/training/", 2)])
def test_support_takes_as_many_queries_for_a_thousand_cases_as_for_ten(page, queries, contact, lead, sign_in):
    assert counted(contact, page, sign_in(lead)) == [6 + 1 + queries] * 2


def counted(contact, page, client):
    """How many queries the page takes with ten cases, and with a thousand."""
    found, agent = [], AgentFactory()
    for more in (10, 990):
        areas = [ProductAreaFactory() for _ in range(more // 10)]
        made = CaseFactory.build_batch(more, contact=contact, district=contact.district, product_area=areas[0])
        for number, case in enumerate(made):
            case.product_area = areas[number % len(areas)]
            case.status, case.assignee = "assigned", agent
        made = Case.objects.bulk_create(made)
        TimelineEntry.objects.bulk_create(
            TimelineEntry(case=case, district=case.district, action=action, by=agent, text="Words.", status="assigned")
            for case in made
            for action in ("replied", "closed")
        )
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        found.append(len(captured))
    return found
