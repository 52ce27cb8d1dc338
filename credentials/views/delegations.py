from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contacts.views.shortcuts import posted, refusals_on, render_form
from credentials import actions
from credentials.forms import DelegationForm
from credentials.models import ApprovalDelegation


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.decide_request", raise_exception=True)
def delegations(request):
    """What the approver leaves to others, and others to them."""
    form = DelegationForm(posted(request), approver=request.user)
    if form.is_valid():
        with refusals_on(form):
            made = actions.delegate(by=request.user, **form.cleaned_data)
            messages.success(request, f"{made.delegate} was told, and also decides your requests in that time.")
            return redirect("credentials:delegations")
    return _page(request, form)


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def end_delegation(request, pk):
    delegation = get_object_or_404(ApprovalDelegation.objects.filter(approver=request.user), pk=pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.end_delegation(delegation, by=request.user)
        messages.success(request, "You took it back. The other approver was told.")
        return redirect("credentials:delegations")
    return _page(request, DelegationForm(approver=request.user), refused=form)


def _page(request, form, refused=None):
    standing = ApprovalDelegation.objects.to_come_or_in_force(timezone.now())
    standing = standing.select_related("approver", "delegate", "district")
    context = {
        "given": standing.filter(approver=request.user),
        "taken": standing.filter(delegate=request.user),
        "refused": refused,
    }
    if refused:
        form.is_refused = True
        context["form_errors"] = refused
    return render_form(request, "credentials/delegations.html", form, context)
