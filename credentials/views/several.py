"""Several requests of the same simple kind, approved together after all their differences were seen."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts import ActionRefused
from contacts.models.keys import is_key
from contacts.views.shortcuts import render_form
from credentials import actions
from credentials.models import CredentialRequest

MOST_AT_ONCE = 50
NONE = "Choose at least one request in the list."
TOO_MANY = f"Choose at most {MOST_AT_ONCE} requests at once."
DIFFERENT = "Choose requests of one kind: the same Credential Type, and a change of the same fields."


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.decide_request", raise_exception=True)
def approve_several(request):
    """Shows every difference; the form that comes back says of each request what was seen."""
    chosen, back = _chosen(request), reverse("credentials:approvals")
    if problem := _why_not(chosen):
        messages.warning(request, problem)
        return redirect(back)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound:
        return _answer(request, back, *_approve(request, chosen))
    return render_form(request, "credentials/approve_several.html", form, {"requests": chosen, "back": back})


# What is approved stays so when a later one is refused.
approve_several.commits_each_action = True


def _chosen(request):
    keys = {key for key in (request.POST or request.GET).getlist("request") if is_key(key)}
    waiting = CredentialRequest.objects.waiting_for(request.user).filter(pk__in=keys)
    waiting = waiting.select_related("requester__school", "type", "record", "district").prefetch_related("type__fields")
    return list(waiting.order_by("submitted_at", "pk")[: MOST_AT_ONCE + 1])


def _why_not(chosen):
    if not chosen:
        return NONE
    if len(chosen) > MOST_AT_ONCE:
        return TOO_MANY
    if len({_kind(each) for each in chosen}) > 1:
        return DIFFERENT
    if any(each.record_has_changed for each in chosen):
        return "The record of one of them changed after the request. Open that one by itself."
    return ""


def _kind(credential_request):
    old, new = credential_request.original, credential_request.proposed
    changed = frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))
    return credential_request.type_id, credential_request.is_new, changed


def _approve(request, chosen):
    """(those that were approved, as they are now, (request, why not) of the others); unseen is not approved."""
    done, refused = [], []
    for each in chosen:
        seen = request.POST.get(f"version_{each.pk}", "")
        try:
            version = int(seen) if seen.isdecimal() and len(seen) < 5 else -1
            done.append(actions.approve(each, by=request.user, version=version))
        except ActionRefused as refusal:
            refused.append((each, str(refusal)))
    return done, refused


def _answer(request, back, done, refused):
    if refused:
        context = {"said": _said(done), "refused": refused, "back": back}
        return render(request, "credentials/approved_several.html", context, status=200 if done else 409)
    messages.success(request, _said(done))
    return redirect(back)


def _said(done):
    first = sum(each.is_pending for each in done)
    decided = len(done) - first
    sentences = []
    if decided or not done:
        sentences.append(f"You approved {decided} request{'' if decided == 1 else 's'}.")
    if decided:
        sentences.append("Each requester was told.")
    if first:
        sentences.append(f"{first} request{' now needs' if first == 1 else 's now need'} a second approver.")
    return " ".join(sentences)
