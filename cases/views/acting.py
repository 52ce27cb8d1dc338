"""The views of the verbs: one for each declaration in verbs.py."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases.models import Case
from cases.views.addresses import case_address
from contacts.views.shortcuts import refusals_on


def view_of(verb, case_page):
    """The view of the verb: find the case, run the action, say so; refused, ``case_page`` keeps what was typed."""

    @permission_required(verb.permission, raise_exception=True)
    @require_POST
    def view(request, number):
        case = get_object_or_404(Case.objects.visible_to(request.user).select_related("district"), pk=number)
        form = verb.form(request.POST, case=case, user=request.user, auto_id=f"{verb.name}_%s")
        if form.is_valid():
            with refusals_on(form):
                verb.action(case=case, by=request.user, **form.cleaned_data)
                return _done(request, verb, case)
        return case_page(request, number, sent=form, verb=verb)

    return view


def _done(request, verb, case):
    """Back to where the person is: what was changed in the panel is confirmed there, all else in the thread."""
    in_panel = bool(verb.row and request.POST.get("panel"))
    where = "panel" if in_panel else "thread"
    messages.success(request, verb.done.format(case=case), extra_tags=f"in-{where}")
    return redirect(f"{case_address(case, request)}#{'panel' if in_panel else 'latest'}")
