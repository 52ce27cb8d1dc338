"""Ask my contact: the asker's page, and the page of whoever answers."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.forms import AnswerForm, AskForm
from contacts.models import Role, StaffQuestion
from contacts.pagination import paginate
from contacts.views.shortcuts import posted, refusals_on, render_form

NEW_FIRST = ["-is_new", "-asked_at", "-pk"]


@permission_required("contacts.ask", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    form = AskForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            question = actions.ask(by=request.user, **form.cleaned_data)
            messages.success(request, "Your question was sent. You are told here when it is answered.")
            return redirect(question)
    return render_form(request, "contacts/ask.html", form, {"school": request.user.school})


@permission_required("contacts.view_questions", raise_exception=True)
@require_safe
def questions(request):
    """One's own, and for coaches and contacts those of their colleagues; what waits comes first."""
    seen = StaffQuestion.objects.visible_to(request.user).with_is_new().select_related("asker", "school")
    page = paginate(seen, NEW_FIRST, request.GET.get("cursor", ""))
    return render(request, "contacts/questions.html", {"page": page})


@permission_required("contacts.view_questions", raise_exception=True)
@require_safe
def question(request, pk):
    return _question_page(request, _find(request, pk))


@permission_required("contacts.answer_questions", raise_exception=True)
@require_POST
def answer(request, pk):
    question = _find(request, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.answer(question, by=request.user, **form.cleaned_data)
            messages.success(request, f"{question.asker} reads your answer here and was told.")
            return redirect(question)
    return _question_page(request, _find(request, pk), answer_form=form)


@permission_required("contacts.pass_on_questions", raise_exception=True)
@require_POST
def pass_on(request, pk):
    question = _find(request, pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.pass_on(question, by=request.user)
        messages.success(request, "The question is with your authorized contacts now, and they were told.")
        return redirect(question)
    return _question_page(request, _find(request, pk), refused=form)


def _find(request, pk):
    seen = StaffQuestion.objects.visible_to(request.user)
    people = ["asker", "school", "passed_on_by", "brought_by", "answered_by"]
    return get_object_or_404(seen.select_related(*people), pk=pk)


def _question_page(request, question, *, answer_form=None, refused=None):
    user = request.user
    actions.mark_read_about(user, question.get_absolute_url())
    may_answer = question.is_open and StaffQuestion.objects.answerable_by(user).filter(pk=question.pk).exists()
    is_new = question.status == StaffQuestion.Status.NEW
    with_coach = question.went_to == StaffQuestion.Recipient.COACH
    context = {
        "question": question,
        # What was typed stays on the page, even if somebody else was faster.
        "answer_form": answer_form or (AnswerForm() if may_answer else None),
        "may_bring": may_answer and is_new,
        "may_pass_on": may_answer and is_new and with_coach and Role.BUILDING_COACH in user.roles,
        "refused": refused,
    }
    return render_form(request, "contacts/question.html", refused or answer_form, context)
