"""How many cases are open: by age, and for those who lead also by team and district."""

from dataclasses import dataclass

from cases import reports
from cases.models import Case
from cases.models.ages import AGE_LABELS
from cases.reports import Asked
from portal.home.addresses import cases_list

MOST_ROWS = 5


@dataclass(frozen=True)
class Age:
    name: str
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Picture:
    """``parts`` draw the ages as one bar, 100 wide."""

    heading: str
    total: int
    ages: list
    parts: list


def picture(user, at):
    """Of a lead all open cases, of an agent their own, of a contact those of the district; None where none is open."""
    if not user.has_perm("cases.view_cases"):
        return None
    cases, query, heading = Case.objects.visible_to(user), {"status": "open"}, "Open cases by age"
    if user.has_perm("cases.work_case") and not user.has_perm("cases.watch_handovers"):
        cases, query, heading = cases.assigned_to(user), {"view": "mine"}, "My open cases by age"
    counted = reports.by_age(cases, at)
    total = sum(counted.values())
    if not total:
        return None
    ages = [Age(name, label, counted[name], cases_list(**query, age=name)) for name, label in AGE_LABELS.items()]
    return Picture(heading, total, ages, reports.ages_in_one(counted))


@dataclass(frozen=True)
class Share:
    """Of a team or a district: what is open and what of it is overdue, each with its list."""

    name: str
    open: int
    overdue: int
    open_url: str
    overdue_url: str


def shares(user, at):
    """The tables by team and by district, for those who lead; one of a single row would say nothing new."""
    if not user.has_perm("cases.watch_handovers"):
        return []
    asked = Asked(None, reports.last_days(1, at.astimezone(user.zone).date(), user.zone), at)
    teams = [_share(row, team=row["product_area__team"] or "none") for row in reports.by_queue(asked)[:MOST_ROWS]]
    districts = [_share(row, district=row["name"]) for row in reports.by_district(asked)[:MOST_ROWS]]
    found = [("By team", "Team", teams), ("Districts with the most open cases", "District", districts)]
    return [
        {"heading": heading, "what": what, "rows": rows, "highest": max(row.open for row in rows)}
        for heading, what, rows in found
        if len(rows) > 1
    ]


def _share(row, **which):
    open_url, overdue_url = cases_list(status="open", **which), cases_list(view="overdue", **which)
    return Share(row["name"], row["open"], row["overdue"], open_url, overdue_url)
