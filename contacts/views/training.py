"""Training: what is expected of whom, and who completed it when."""

from collections import defaultdict
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions, audit
from contacts.forms import CompletionForm, TrainedForm
from contacts.models import (
    ANSWER_STAFF,
    Designation,
    Level,
    TrainingCompletion,
    TrainingModule,
    TrainingResource,
    User,
)
from contacts.pagination import paginate
from contacts.reports import trainees
from contacts.views.district_choice import address, choose_district, chosen_district
from contacts.views.exports import CsvResponse
from contacts.views.shortcuts import posted, refusals_on, render_form

MISSING_FIRST = ["-lacks_expected", "last_name", "first_name", "pk"]
WHICH_DISTRICT = "Training in which district?"
LEVELS = ["", *reversed(Level)]


@dataclass(frozen=True)
class Training:
    """A module, what it is to a person, and when they completed it, the last time first."""

    module: TrainingModule
    level: str
    completions: list = field(default_factory=list)

    @property
    def is_missing(self):
        return bool(self.level) and not self.completions

    @property
    def is_expected(self):
        return self.level == Level.EXPECTED

    @property
    def level_label(self):
        return Level(self.level).label if self.level else ""


@permission_required("contacts.view_training", raise_exception=True)
@require_safe
def training(request):
    """One's own, for contacts and coaches; the district's table for who chooses them."""
    return _training_page(request)


def _training_page(request, refused=None):
    user = request.user
    context = {"resources": TrainingResource.objects.all(), "person": user, "refused": refused}
    if user.has_perm("contacts.complete_training"):
        context["mine"] = _trainings_of(user)
    if user.has_perm("contacts.record_training"):
        district = chosen_district(request)
        if district is None:
            return choose_district(request, heading=WHICH_DISTRICT)
        context |= _table(request, district)
    return render_form(request, "contacts/training.html", refused, context)


def _table(request, district):
    modules, people, form = _asked_for(request, district)
    page = paginate(people, MISSING_FIRST, request.GET.get("cursor", ""))
    return {
        "district": district,
        "modules": modules,
        "page": page,
        "rows": _rows(page.rows, modules),
        "form": form,
        "clear_url": address("contacts:training", district, request.user),
    }


def _asked_for(request, district):
    """(modules, people, the form that says which people): for whom there is no training, there is no row."""
    modules = list(TrainingModule.objects.for_roles(ANSWER_STAFF))
    roles = {need.role for module in modules for need in module.needs.all()}
    held = Designation.objects.current().filter(role__in=roles)
    form = TrainedForm(request.GET)
    people = form.narrow(trainees(district, roles)).select_related("school")
    return modules, people.prefetch_related(Prefetch("designations", held, to_attr="held")), form


def _rows(people, modules):
    """(person, their Training in each module), with the last completion alone; two queries, however many people."""
    last = TrainingCompletion.objects.standing().filter(person__in=people, module__in=modules)
    last = last.order_by("person_id", "module_id", "-completed_on", "-pk").distinct("person_id", "module_id")
    done = {(each.person_id, each.module_id): [each] for each in last.select_related("recorded_by", "confirmed_by")}
    return [
        (person, [Training(each, _level(each, person), done.get((person.pk, each.pk), [])) for each in modules])
        for person in people
    ]


def _level(module, person):
    return module.level_for({designation.role for designation in person.held})


def _trainings_of(person):
    """What is for the person's roles and what else they completed; what is missing comes first."""
    done = defaultdict(list)
    completions = TrainingCompletion.objects.standing().filter(person=person).latest_first()
    for completion in completions.select_related("module", "recorded_by", "confirmed_by"):
        done[completion.module].append(completion)
    asked = {module: module.level_for(person.roles) for module in TrainingModule.objects.for_roles(person.roles)}
    found = [Training(module, asked.get(module, ""), done[module]) for module in [*asked, *(done.keys() - asked)]]
    return sorted(found, key=lambda each: (not each.is_missing, -LEVELS.index(each.level), each.module.order))


@permission_required("contacts.record_training", raise_exception=True)
@require_safe
def training_csv(request):
    """The table with all its pages."""
    district = chosen_district(request)
    if district is None:
        return choose_district(request, heading=WHICH_DISTRICT)
    modules, people, _ = _asked_for(request, district)
    rows = _rows(list(people.order_by(*MISSING_FIRST)), modules)
    audit.record("training.export", by=request.user, on=district)
    today = timezone.localdate()
    lines = ([str(cell) for cell in line] for line in [_heading(modules), *map(_cells, rows)])
    return CsvResponse(f"training-{district.slug}-{today}", next(lines), lines)


def _heading(modules):
    return ["Person", "E-mail", "School", "Roles", *(text for each in modules for text in (each, f"{each}: source"))]


def _cells(row):
    person, trainings = row
    roles = ", ".join(sorted({designation.get_role_display() for designation in person.held}))
    return [
        person,
        person.email or "",
        person.school or "",
        roles,
        *(text for each in trainings for text in _said(each)),
    ]


def _said(training):
    """(when, who says so) for two cells."""
    for completion in training.completions:
        return completion.completed_on.isoformat(), completion.source
    return ("Missing" if training.is_expected else "Not yet" if training.level else ""), ""


@permission_required("contacts.complete_training", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def complete_training(request):
    """I completed this; ``?module=`` is the one that the page before was about."""
    user = request.user
    form = CompletionForm(posted(request), person=user, initial={"module": request.GET.get("module")})
    if form.is_valid():
        with refusals_on(form):
            done = actions.record_training(person=user, by=user, **form.cleaned_data)
            messages.success(request, f"It is recorded that you completed {done.module}.")
            return redirect("contacts:training")
    return render_form(request, "contacts/complete_training.html", form, {})


@permission_required("contacts.record_training", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def training_of(request, pk):
    """What one person completed, and recording more of it."""
    people = User.objects.visible_to(request.user).filter(district__isnull=False)
    person = get_object_or_404(people.select_related("district"), pk=pk)
    form = CompletionForm(posted(request), person=person)
    if form.is_valid():
        with refusals_on(form):
            done = actions.record_training(person=person, by=request.user, **form.cleaned_data)
            messages.success(request, f"It is recorded that {person} completed {done.module}.")
            return redirect("contacts:training_of", person.pk)
    return _person_page(request, person, form, refused=form)


def _person_page(request, person, form, *, refused):
    context = {
        "person": person,
        "trainings": _trainings_of(person),
        "form": form,
        "refused": refused,
        "back_url": address("contacts:training", person.district, request.user),
    }
    return render_form(request, "contacts/training_of.html", refused, context)


@permission_required("contacts.record_training", raise_exception=True)
@require_POST
def confirm_training(request, pk):
    completion = _find(TrainingCompletion.objects.visible_to(request.user), pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.confirm_training(completion, by=request.user)
        messages.success(request, f"You confirmed that {completion.person} completed {completion.module}.")
        return redirect("contacts:training_of", completion.person_id)
    return _refused(request, completion, form)


@permission_required("contacts.view_training", raise_exception=True)
@require_POST
def withdraw_training(request, pk):
    completion = _find(TrainingCompletion.objects.withdrawable_by(request.user), pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.withdraw_training(completion, by=request.user)
        messages.success(request, f"{completion.module} is taken back. It no longer counts as completed on that day.")
        if completion.person == request.user:
            return redirect("contacts:training")
        return redirect("contacts:training_of", completion.person_id)
    return _refused(request, completion, form)


def _find(completions, pk):
    return get_object_or_404(completions.select_related("person__district", "module"), pk=pk)


def _refused(request, completion, form):
    """The page that the button was on."""
    if completion.person == request.user:
        return _training_page(request, refused=form)
    return _person_page(request, completion.person, CompletionForm(person=completion.person), refused=form)
