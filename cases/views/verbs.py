"""The verbs of a case's page. Each asks the access table, finds the case, calls one action and says so."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import actions
from cases.forms import SENT_ALREADY, VERB_FORMS
from cases.models import Case
from cases.views.cases import case_page
from contacts import ActionRefused


def _perform(request, cases, number, verb, done):
    """Run one verb with what its form says; refused, the page comes back with what was typed."""
    case = get_object_or_404(cases.select_related("district"), pk=number)
    form = VERB_FORMS[verb](request.POST, case=case, user=request.user, auto_id=f"{verb}_%s")
    if form.is_valid():
        try:
            getattr(actions, verb)(case=case, by=request.user, **form.cleaned_data)
        except actions.SentAlready as sent:
            if sent.case == case and form.cleaned_data.get("text", sent.entry.text) == sent.entry.text:
                messages.info(request, SENT_ALREADY)
                return redirect(case)
            form.ask_again()
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done.format(case=case))
            return redirect(f"{case.get_absolute_url()}#latest")
    return case_page(request, number, refused={verb: form})


def _of_support(request, number, verb, done):
    return _perform(request, Case.objects.visible_to(request.user), number, verb, done)


def _of_contact(request, number, verb, done):
    return _perform(request, Case.objects.of_contact(request.user), number, verb, done)


@permission_required("cases.reply", raise_exception=True)
@require_POST
def reply(request, number):
    return _perform(request, Case.objects.visible_to(request.user), number, "reply", "The reply is sent.")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def take(request, number):
    return _of_support(request, number, "take", "{case} is yours.")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def assign(request, number):
    return _of_support(request, number, "assign", "{case} is given to another agent.")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def note(request, number):
    return _of_support(request, number, "note", "The internal note is saved.")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def ask(request, number):
    return _of_support(request, number, "ask", "The district is asked, and case {case.number} waits for its input.")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def resolve(request, number):
    return _of_support(
        request, number, "resolve", "The resolution is sent, and case {case.number} waits for verification."
    )


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def move(request, number):
    return _of_support(request, number, "move", "The status of case {case.number} is changed.")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def hand_over(request, number):
    return _of_support(request, number, "hand_over", "{case} is handed over.")


@permission_required("cases.close_case", raise_exception=True)
@require_POST
def close(request, number):
    return _of_contact(request, number, "close", "{case} is closed.")


@permission_required("cases.reopen_case", raise_exception=True)
@require_POST
def reopen(request, number):
    return _of_contact(request, number, "reopen", "{case} is open again, and Support is told.")
