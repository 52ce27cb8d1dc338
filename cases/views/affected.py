"""Whom a notice affects: what a reader dismisses, what a district adds, and the cases that are about it."""

from functools import partial
from uuid import uuid5

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases import actions
from cases.forms.notices import AnswerTogetherForm, ReportAffectedForm, TieCasesForm
from cases.models import Case, Notice
from cases.views.notices import notice_page
from contacts import ActionRefused
from contacts.views.shortcuts import page_before, posted, refusals_on, render_form


def _find(request, pk):
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)


@permission_required("cases.view_notices", raise_exception=True)
@require_POST
def dismiss(request, pk):
    """Back to the page that the banner stood on."""
    found, newest = _find(request, pk), request.POST.get("newest", "")
    if newest.isdecimal() and len(newest) < 9:
        try:
            actions.dismiss_notice(found, by=request.user, newest=int(newest))
        except ActionRefused as refusal:
            messages.warning(request, str(refusal))
    return redirect(page_before(request) or reverse("notices:open"))


@permission_required("cases.report_notice", raise_exception=True)
@require_POST
def affects_us(request, pk):
    found = _find(request, pk)
    form = ReportAffectedForm(request.POST, auto_id="affects_us_%s")
    if form.is_valid():
        with refusals_on(form):
            actions.report_affected(found, by=request.user, **form.cleaned_data)
            messages.success(request, "Support sees that it affects your district. You get each update.")
            return redirect(found)
    return notice_page(request, pk, affects_us=form)


@permission_required("cases.post_notices", raise_exception=True)
@require_POST
def tie(request, pk):
    found = _find(request, pk)
    form = TieCasesForm(request.POST, user=request.user, auto_id="tie_%s")
    if form.is_valid():
        cases = form.cleaned_data["numbers"]
        with refusals_on(form):
            actions.tie_cases(found, cases, by=request.user)
            tied = f"{len(cases)} case{' is' if len(cases) == 1 else 's are'}"
            messages.success(request, f"{tied} tied to the notice.")
            return redirect(found)
    return notice_page(request, pk, tie=form)


@permission_required("cases.post_notices", raise_exception=True)
@require_POST
def untie(request, number):
    tied = Case.objects.visible_to(request.user).filter(tie__isnull=False).select_related("tie__notice")
    case = get_object_or_404(tied, pk=number)
    found = case.tie.notice
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.untie_case(case, by=request.user)
        messages.success(request, f"Case {case.number} is no longer tied to the notice.")
        return redirect(found)
    return notice_page(request, found.pk, untie=form)


@permission_required("cases.post_notices", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk):
    """One answer to all open cases of the notice, each in its own thread."""
    found = _find(request, pk)
    tied = Case.objects.visible_to(request.user).filter(tie__notice=found).select_related("district").order_by("pk")
    cases = list(tied.exclude(status=Case.Status.CLOSED))
    form = AnswerTogetherForm(posted(request))
    if form.is_valid() and cases:
        return _answer(request, form, found, *_send(form, cases, request.user))
    return render_form(request, "cases/notices/answer.html", form, {"notice": found, "cases": cases})


# One case waits for nobody who waits for another of them, and what is sent stays sent when a later one fails.
answer.commits_each_action = True


def _send(form, cases, by):
    """(the cases that were answered, (case, why not) of the others)."""
    said = dict(form.cleaned_data)
    key, settled_as = said.pop("idempotency_key"), said.pop("settled_as")
    send = partial(actions.resolve, settled_as=settled_as) if settled_as else actions.reply
    done, refused = [], []
    for case in cases:
        try:
            send(case=case, by=by, **said, idempotency_key=key and uuid5(key, str(case.pk)))
            done.append(case)
        except ActionRefused as refusal:
            refused.append((case, str(refusal)))
    return done, refused


def _answer(request, form, found, done, refused):
    if refused:
        back = {"back": found.get_absolute_url(), "back_label": "The notice"}
        context = {"form": form, "done": done, "refused": refused, **back}
        return render(request, "cases/several_done.html", context, status=409 if not done else 200)
    messages.success(request, f"{len(done)} case{'' if len(done) == 1 else 's'} answered.")
    return redirect(found)
