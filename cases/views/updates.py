"""The sites of a district, what is scheduled for them, and requests to refresh or update them."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import actions
from cases.forms import ReasonedStepForm, RefreshForm, ScheduleUpdateForm, StepForm, VersionUpdateForm
from cases.models import Site, UpdateRequest, Version, possible_windows, why_no_version_update
from cases.views.update_history import LATEST_FIRST
from contacts.actions import mark_read_about
from contacts.models import Role
from contacts.pagination import paginate
from contacts.views.district_choice import chosen_district
from contacts.views.shortcuts import posted, refusals_on, render_form

Status = UpdateRequest.Status
# The queue of Support: what waits longest, or begins first, at the top.
QUEUES = {
    "requested": (Status.REQUESTED, ["requested_at", "pk"]),
    "scheduled": (Status.SCHEDULED, ["scheduled_start", "pk"]),
    "in_progress": (Status.IN_PROGRESS, ["scheduled_start", "pk"]),
}
SHOWN = 5


@permission_required("cases.view_updates", raise_exception=True)
@require_safe
def sites(request):
    district = chosen_district(request)
    return _queue(request) if district is None else _sites_of(request, district)


def _queue(request):
    """Of every district, one status at a time."""
    shown = request.GET.get("status", "")
    shown = shown if shown in QUEUES else "requested"
    status, order = QUEUES[shown]
    rows = UpdateRequest.objects.visible_to(request.user).filter(status=status).rows()
    page = paginate(rows, order, request.GET.get("cursor", ""))
    tabs = [(name, Status(status).label) for name, (status, _) in QUEUES.items()]
    return render(request, "cases/updates/queue.html", {"page": page, "shown": shown, "tabs": tabs})


def _sites_of(request, district):
    requests = UpdateRequest.objects.visible_to(request.user).filter(district=district).rows()
    waiting = list(requests.open().order_by("requested_at", "pk"))
    found = list(Site.objects.visible_to(request.user).filter(district=district).select_related("version"))
    for site in found:
        site.waiting = [each for each in waiting if each.site_id == site.pk]
        site.next = min((each.scheduled_start for each in site.waiting if each.scheduled_start), default=None)
    context = {
        "district": district,
        "sites": found,
        "waiting": waiting,
        "past": requests.ended().order_by(*LATEST_FIRST)[:SHOWN],
        "versions": Version.objects.exclude(standing=Version.Standing.OLDER),
        "rule": why_no_version_update(district),
        "technical": _technical_contact(district),
    }
    return render(request, "cases/updates/sites.html", context)


def _technical_contact(district):
    held = district.designations.in_force(timezone.now()).filter(role=Role.TECHNICAL_CONTACT)
    return held.select_related("user").first()


@permission_required("cases.request_update", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def request_refresh(request, pk):
    site = _site(request, pk)
    reason = "" if site.is_refreshed else "Only the sandbox and the staging site are refreshed from production."
    return _request(request, site, RefreshForm, f"Refresh the {_name(site)} site from production", reason)


@permission_required("cases.request_update", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def request_version(request, pk):
    site = _site(request, pk)
    reason = why_no_version_update(site.district)
    if not reason and not Version.objects.offered_to(site).exists():
        reason = f"The {_name(site)} site has the latest version that is offered. There is nothing to request."
    return _request(request, site, VersionUpdateForm, f"Update the {_name(site)} site", reason)


def _name(site):
    return site.get_kind_display().lower()


def _site(request, pk):
    return get_object_or_404(Site.objects.visible_to(request.user).select_related("district", "version"), pk=pk)


def _request(request, site, form_class, heading, why_not):
    """``why_not`` is the rule that keeps the site from it, which the page then says instead of asking."""
    now = timezone.now()
    if not why_not and not possible_windows(site.kind, now):
        why_not = f"The {_name(site)} site has no maintenance windows yet. Submit a case to Support."
    form = form_class(posted(request), site=site, user=request.user)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            update = actions.request_update(site, by=request.user, **form.asked)
            messages.success(request, f"{update.what} is requested. Support and your colleagues were told.")
            return redirect(update)
    context = {"site": site, "heading": heading, "why_not": why_not}
    return render_form(request, "cases/updates/request_update.html", form, context)


@permission_required("cases.view_updates", raise_exception=True)
@require_safe
def update(request, pk):
    return _page(request, pk)


def _page(request, pk, sent=None, verb=""):
    """``sent`` is the form of the verb that was refused."""
    seen = UpdateRequest.objects.visible_to(request.user).rows().select_related("site__version")
    found = get_object_or_404(seen, pk=pk)
    mark_read_about(request.user, found.get_absolute_url())
    offered = [each for each in VERBS if _is_offered(each, found, request.user)]
    # What comes next is at the top; moving it to another window comes before what ends it.
    offered.sort(key=lambda each: (each.tone == "danger", each.name == "schedule" and bool(found.scheduled_start)))
    forms = [(each, sent if each.name == verb else each.open(found)) for each in offered]
    context = {
        "update": found,
        "steps": found.steps.select_related("by"),
        "told": found.recipients.select_related("person").order_by("person__last_name", "person__first_name", "pk"),
        "forms": forms,
        # What may be done by now, but is not meant to be.
        "early": "start" if found.scheduled_start and found.scheduled_start > timezone.now() else "",
    }
    return render_form(request, "cases/updates/update.html", sent or StepForm(), context)


def _is_offered(verb, update, user):
    if not user.has_perm(verb.permission) or verb.status not in UpdateRequest.TRANSITIONS[update.status]:
        return False
    return user.is_support or update.status != Status.IN_PROGRESS


class Verb:
    """What is done about a request: who may, the form that it takes, the action, and what the page says then."""

    def __init__(self, name, status, form, action, *, label, done, permission="cases.work_updates", tone="secondary"):
        self.name, self.status, self.form, self.action = name, status, form, action
        self.label, self.done, self.permission, self.tone = label, done, permission, tone

    def open(self, update, data=None):
        about = {"update": update} if self.form is ScheduleUpdateForm else {}
        return self.form(data, auto_id=f"{self.name}_%s", **about)


VERBS = [
    Verb(
        *("schedule", Status.SCHEDULED, ScheduleUpdateForm, actions.schedule_update),
        label="Schedule",
        done="{} is scheduled.",
        tone="primary",
    ),
    Verb(
        *("start", Status.IN_PROGRESS, StepForm, actions.start_update),
        label="Start",
        done="{} is in progress.",
        tone="primary",
    ),
    Verb(
        *("complete", Status.COMPLETED, StepForm, actions.complete_update),
        label="Complete",
        done="{} is completed.",
        tone="primary",
    ),
    Verb(
        *("decline", Status.DECLINED, ReasonedStepForm, actions.decline_update),
        label="Decline",
        done="{} is declined.",
        tone="danger",
    ),
    Verb(
        *("cancel", Status.CANCELED, ReasonedStepForm, actions.cancel_update),
        label="Cancel the request",
        done="{} is canceled.",
        permission="cases.cancel_update",
        tone="danger",
    ),
]


def view_of(verb):
    """Find the request, run the action, say so; refused, the request's page keeps what was typed."""

    @permission_required(verb.permission, raise_exception=True)
    @require_POST
    def view(request, pk):
        found = get_object_or_404(UpdateRequest.objects.visible_to(request.user).rows().select_related("site"), pk=pk)
        form = verb.open(found, request.POST)
        if form.is_valid():
            with refusals_on(form):
                done = verb.action(found, by=request.user, **form.cleaned_data)
                messages.success(request, f"{verb.done.format(done.what)} Both sides were told.")
                return redirect(found)
        return _page(request, pk, sent=form, verb=verb.name)

    return view
