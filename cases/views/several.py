"""One thing done to several cases: each by its own action, in a transaction of its own, with its own refusal."""

from uuid import uuid5

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases import actions
from cases.forms.several import MOST_AT_ONCE, NONE, TOO_MANY, AssignSeveralForm, MergeSeveralForm, MoveSeveralForm
from cases.models import Case
from cases.views.addresses import list_before
from contacts import ActionRefused
from contacts.models.keys import is_key
from contacts.views.shortcuts import posted, render_form

# Of a number, in digits.


def _several(form_class, action):
    """The page that asks, and does it when the answer is sent."""

    @permission_required("cases.work_case", raise_exception=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request):
        back, cases = list_before(request) or reverse("cases:list"), _chosen(request)
        if not 0 < len(cases) <= MOST_AT_ONCE:
            messages.warning(request, TOO_MANY if cases else NONE)
            return redirect(back)
        form = form_class(posted(request), cases=cases, user=request.user)
        if form.is_valid():
            return _answer(request, form, back, *_do(action, form, request.user))
        chosen = f"{len(cases)} case{'' if len(cases) == 1 else 's'}"
        return render_form(request, "cases/several.html", form, {"cases": cases, "back": back, "chosen": chosen})

    # One case waits for nobody who waits for another of them, and what is done stays done when a later one fails.
    view.commits_each_action = True
    return view


def _chosen(request):
    """The cases that are chosen; of more than are done at once, one more."""
    chosen = {*request.GET.getlist("case"), *request.POST.getlist("case")}
    numbers = [number for number in chosen if is_key(number)]
    seen = Case.objects.visible_to(request.user).filter(pk__in=numbers).rows()
    return list(seen.select_related("district", "assignee").order_by("pk")[: MOST_AT_ONCE + 1])


def _do(action, form, by):
    """(the cases that it was done to, (case, why not) of the others)."""
    said = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
    done, refused = [], []
    for case in form.cases_to_change():
        key = form.cleaned_data["idempotency_key"]
        try:
            action(case=case, by=by, idempotency_key=key and uuid5(key, str(case.pk)), **said)
            done.append(case)
        except ActionRefused as refusal:
            refused.append((case, str(refusal)))
    return done, refused


def _answer(request, form, back, done, refused):
    """Back to the list where all was done; else a page that says what was not, and why."""
    if refused or not done:
        context = {"form": form, "done": done, "refused": refused, "back": back}
        return render(request, "cases/several_done.html", context, status=409 if not done else 200)
    messages.success(request, f"{len(done)} case{'' if len(done) == 1 else 's'} {form.done}.")
    return redirect(back)


assign_several = _several(AssignSeveralForm, actions.assign)
move_several = _several(MoveSeveralForm, actions.correct)
merge_several = _several(MergeSeveralForm, actions.merge)
