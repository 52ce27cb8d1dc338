"""Before a new case: the similar ones that there are, and how what was typed becomes a reply to one of them."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import actions
from cases.forms import CaseForm
from cases.models import Case, Draft, similar_cases
from cases.models.choices import Mode
from cases.views.addresses import case_address
from cases.views.cases import page_of_new_case
from contacts import ActionRefused


@permission_required("cases.submit_case", raise_exception=True)
@require_safe
def similar(request):
    """The part of the page of a new case that follows its subject."""
    if not request.htmx:
        return redirect("cases:new")
    subject = request.GET.get("subject", "")
    found = similar_cases(subject, request.user, timezone.now())
    return render(request, "cases/_similar.html", {"similar": found})


@permission_required("cases.submit_case", raise_exception=True)
@require_POST
def join(request, number):
    """It is this one: what was typed for a new case stands in the composer of that case. Nothing is sent yet."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("district"), pk=number)
    now = timezone.now()
    if case.is_closed and not case.may_reopen(now):
        return _too_late(request, case, now)
    mode = Mode.REOPEN if case.is_closed else Mode.REPLY
    draft = Draft.objects.filter(case=case, person=request.user).first()
    typed = CaseForm(request.POST, user=request.user).as_words()
    before = draft.text if draft else ""
    if typed and typed not in before:
        text = "\n\n".join(filter(None, [before, typed]))
        try:
            actions.save_draft(case=case, by=request.user, mode=mode, text=text, idempotency_key=uuid4())
        except ActionRefused as refusal:
            return _kept(request, str(refusal))
    button = "Reopen the case" if mode == Mode.REOPEN else "Send reply"
    said = f"What you typed stands below. Nothing is sent yet: read it through, then press “{button}”."
    messages.info(request, said, extra_tags="in-composer")
    return redirect(f"{case_address(case, request, mode=mode)}#composer")


def _too_late(request, case, now):
    """What was typed stays where it was, for a case that goes on with the closed one where that is possible."""
    why = f"{case} is closed and cannot be reopened any more. What you typed is kept below."
    return _kept(request, why, follows=case if case.may_be_followed(now) else None)


def _kept(request, why, **about):
    messages.warning(request, why)
    return page_of_new_case(request, CaseForm(user=request.user, initial=request.POST.dict()), **about)
