"""Reports: of their district for its contacts, of all districts or of a chosen one for Support."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cases import reports as counts
from cases.forms import PeriodForm
from cases.reports import Asked, files, tables
from contacts import audit
from contacts.views.district_choice import choose_district, chosen_district
from contacts.views.exports import CsvResponse


@dataclass(frozen=True)
class Section:
    name: str
    label: str


OVERVIEW = Section("reports", "Overview")
TRAINING = Section("reports_training", "Training needs")
SECTIONS_OF_A_DISTRICT = [OVERVIEW, Section("reports_people", "Schools and contacts"), TRAINING]
SECTIONS_OF_SUPPORT = [
    OVERVIEW,
    Section("reports_districts", "Districts"),
    TRAINING,
    Section("reports_exceptions", "Exception cases"),
]


class Shown:
    """A table with the rows of its page, read once."""

    def __init__(self, table):
        self.table = table
        self.rows, self.has_more = table.shown()
        drawn = [column.name for column in table.columns if column.drawn]
        # What the longest bar stands for.
        self.highest = max((row[name] or 0 for row in self.rows for name in drawn), default=0)


def _asked(request, *, of_all=False):
    form = PeriodForm(request.GET)
    district = None if of_all else chosen_district(request)
    return form, Asked(district, form.period, timezone.now(), form.day_of_training)


def _page(request, template, form, asked, context):
    of = {"district": asked.district.pk} if asked.district and not request.user.district_id else {}
    trained = {"trained_on": asked.trained_on.isoformat()} if asked.trained_on else {}
    shared = {
        "form": form,
        "asked": asked,
        "sections": SECTIONS_OF_A_DISTRICT if asked.district else SECTIONS_OF_SUPPORT,
        "periods": counts.PERIODS,
        # What stays when another period or another page is chosen, and what stays with the period.
        "kept": urlencode(of | trained),
        "query": urlencode(asked.period.query | of | trained),
        "without_training": urlencode(asked.period.query | of),
        "of": of,
    }
    return render(request, f"cases/reports/{template}.html", shared | context)


@permission_required("cases.view_reports", raise_exception=True)
@require_safe
def reports(request):
    form, asked = _asked(request)
    compared, dates = Shown(tables.compared(asked)), Shown(tables.by_date(asked))
    context = {
        "compared": compared,
        "figures": compared.rows[0],
        "figures_before": compared.rows[1],
        "dates": dates,
        "trend": counts.trend(dates.rows),
    }
    if asked.district:
        status = Shown(tables.open_by_status(asked))
        context |= {"status": status, "ages": counts.ages(status.rows), "areas": Shown(tables.open_by_area(asked))}
        context |= {"open": sum(row["open"] for row in status.rows)}
        return _page(request, "district", form, asked, context)
    queues = Shown(tables.queues(asked))
    context |= {"queues": queues, "lanes": counts.queues(queues.rows), "agents": Shown(tables.agents(asked))}
    return _page(request, "support", form, asked, context | {"load": counts.load(asked)})


@permission_required("cases.view_reports", raise_exception=True)
@require_safe
def people(request):
    form, asked = _asked(request)
    if not asked.district:
        return choose_district(request, heading="Reports of a district")
    context = {"tables": [Shown(tables.schools(asked)), Shown(tables.contacts(asked))]}
    return _page(request, "people", form, asked, context)


@permission_required("cases.view_reports", raise_exception=True)
@require_safe
def training(request):
    form, asked = _asked(request)
    recurring = Shown(tables.recurring(asked))
    where = [tables.recurring_schools, tables.recurring_contacts] if asked.district else [tables.recurring_districts]
    context = {
        "recurring": recurring,
        "lanes": counts.how_to_of_areas(recurring.rows),
        "where": [Shown(table(asked)) for table in where],
        "around": counts.around_training(asked) if asked.trained_on and asked.days_around else None,
    }
    return _page(request, "training", form, asked, context)


@permission_required("cases.compare_districts", raise_exception=True)
@require_safe
def districts(request):
    form, asked = _asked(request, of_all=True)
    usual = counts.usual(asked)
    context = {"districts": Shown(tables.compared_districts(asked, usual)), "usual": usual}
    return _page(request, "districts", form, asked, context | {"times": counts.TIMES_THE_USUAL})


@permission_required("cases.compare_districts", raise_exception=True)
@require_safe
def exceptions(request):
    form, asked = _asked(request, of_all=True)
    report = counts.exception_report(asked.period.start, asked.period.end, asked.at)
    context = {"report": report}
    if report.total.exceptions:
        context["districts"] = Shown(tables.exception_districts(asked))
        if request.user.has_perm("cases.compare_agents"):
            context["agents"] = Shown(tables.exception_agents(asked))
    return _page(request, "exceptions", form, asked, context)


SECTIONS = {"people": people, "training": training, "districts": districts, "exceptions": exceptions}


def csv_view(make, permission):
    """The view of all rows of one table, as a file."""

    @permission_required(permission, raise_exception=True)
    @require_safe
    def view(request):
        form, asked = _asked(request)
        if form.is_refused:
            raise Http404
        table, about = make(asked), asked.district or request.user
        audit.record("report.export", by=request.user, on=about, table=table.heading, period=str(asked.period))
        name = slugify(f"{asked.district or 'support'} {table.slug} {asked.period.first} {asked.period.last}")
        return CsvResponse(name, files.header(table), files.lines(table, asked.period.zone))

    return view


# By the name in the address.
FILES = {
    slug: csv_view(make, permission) for permission, offered in tables.TABLES.items() for slug, make in offered.items()
}
