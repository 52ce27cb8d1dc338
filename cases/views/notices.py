"""Notices of incidents and maintenance: those that are open, those that are closed, and each by itself."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import actions
from cases.forms.notices import (
    ChangeNoticeForm,
    PostNoticeForm,
    ReportAffectedForm,
    ResolveNoticeForm,
    TieCasesForm,
    UpdateNoticeForm,
)
from cases.models import Case, Notice
from contacts.actions import mark_read_about
from contacts.pagination import paginate
from contacts.views.shortcuts import posted, refusals_on, render_form

INCIDENTS_FIRST = ["kind", "-posted_at", "-pk"]
LATEST_FIRST = ["-resolved_at", "-pk"]
SHOWN = 100


@permission_required("cases.view_notices", raise_exception=True)
@require_safe
def open_notices(request):
    return _list(request, Notice.objects.open(), INCIDENTS_FIRST)


@permission_required("cases.view_notices", raise_exception=True)
@require_safe
def closed_notices(request):
    return _list(request, Notice.objects.closed(), LATEST_FIRST)


def _list(request, notices, order):
    page = paginate(notices.visible_to(request.user).rows(), order, request.GET.get("cursor", ""))
    return render(request, "cases/notices/list.html", {"page": page})


@permission_required("cases.view_notices", raise_exception=True)
@require_safe
def notice(request, pk):
    return notice_page(request, pk)


def notice_page(request, pk, **sent):
    """``sent`` is the form that was refused, by the name of what it does."""
    found, user = _find(request, pk), request.user
    mark_read_about(user, found.get_absolute_url())
    reports = found.reports.select_related("district", "reported_by")
    if not user.is_support:
        reports = reports.filter(district=user.district_id)
    reports = list(reports[:SHOWN])
    tied = Case.objects.visible_to(user).filter(tie__notice=found).select_related("district").order_by("pk")
    context = {
        "notice": found,
        "reports": reports,
        "scope": found.reports.aggregate(districts=Count("pk"), users=Sum("users_affected"))
        if user.is_support
        else None,
        "tied": tied[:SHOWN],
        "may_report": found.is_open and found.is_incident and user.has_perm("cases.report_notice") and not reports,
        "forms": _forms(found, user) | sent,
        "shown": SHOWN,
    }
    return render_form(request, "cases/notices/notice.html", next(iter(sent.values()), None), context)


def _forms(found, user):
    return {
        "update": UpdateNoticeForm(notice=found, auto_id="update_%s"),
        "resolve": ResolveNoticeForm(notice=found, auto_id="resolve_%s"),
        "affects_us": ReportAffectedForm(auto_id="affects_us_%s"),
        "tie": TieCasesForm(user=user, auto_id="tie_%s"),
    }


def _find(request, pk):
    return get_object_or_404(Notice.objects.visible_to(request.user).rows().select_related("posted_by"), pk=pk)


@permission_required("cases.post_notices", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def post_notice(request):
    form = PostNoticeForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            made = actions.post_notice(by=request.user, **form.cleaned_data)
            told = "Its districts were told." if made.announced_at else "Its districts are told when the time comes."
            messages.success(request, f"{made} is posted. {told}")
            return redirect(made)
    return render_form(request, "cases/notices/post.html", form, {})


@permission_required("cases.post_notices", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_notice(request, pk):
    found = _find(request, pk)
    form = ChangeNoticeForm(posted(request), notice=found)
    if form.is_valid():
        with refusals_on(form):
            actions.change_notice(found, by=request.user, **form.cleaned_data)
            messages.success(request, "The notice is changed, and its districts were told.")
            return redirect(found)
    return render_form(request, "cases/notices/change.html", form, {"notice": _find(request, pk)})


@permission_required("cases.post_notices", raise_exception=True)
@require_POST
def update_notice(request, pk):
    return _say(request, pk, "update", UpdateNoticeForm, actions.update_notice, "The update is posted")


@permission_required("cases.post_notices", raise_exception=True)
@require_POST
def resolve_notice(request, pk):
    return _say(request, pk, "resolve", ResolveNoticeForm, actions.resolve_notice, "The notice is closed")


def _say(request, pk, name, form_class, action, done):
    """The next word on a notice; refused, its page keeps what was typed in the form of that name."""
    found = _find(request, pk)
    form = form_class(request.POST, notice=found, auto_id=f"{name}_%s")
    if form.is_valid():
        with refusals_on(form):
            action(found, by=request.user, **form.cleaned_data)
            messages.success(request, f"{done}, and those affected were told.")
            return redirect(found)
    return notice_page(request, pk, **{name: form})
