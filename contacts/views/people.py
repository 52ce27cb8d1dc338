from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import ActionRefused, actions
from contacts.forms import PersonChangeForm, PersonForm, ProfileForm, SearchForm
from contacts.models import AUTHORIZED_CONTACTS, Role, User
from contacts.pagination import paginate
from contacts.views.shortcuts import posted, refusals_on, render_form

BY_NAME = ["last_name", "first_name", "pk"]


@permission_required("contacts.invite_people", raise_exception=True)
@require_safe
def people(request):
    form = SearchForm(request.GET, label="Name, e-mail or position")
    staff = form.search(_staff(request)).select_related("school")
    page = paginate(staff, BY_NAME, request.GET.get("cursor", ""))
    return render(request, "contacts/people.html", {"form": form, "page": page})


@permission_required("contacts.invite_people", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request):
    form = PersonForm(posted(request), instance=User(district=request.user.district))
    if form.is_valid():
        with refusals_on(form):
            person = actions.add_person(form.instance, by=request.user)
            messages.success(request, f"{person} was added. Invite them when they are ready to sign in.")
            return redirect("contacts:person", person.pk)
    return render_form(request, "contacts/add_person.html", form, {})


@permission_required("contacts.invite_people", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, pk):
    person = get_object_or_404(_staff(request).select_related("district", "school"), pk=pk)
    form = PersonChangeForm(posted(request), instance=person)
    if form.is_valid():
        with refusals_on(form):
            changed = actions.change_person(person, by=request.user, changed=form.changed_data)
            _say_what_changed(request, person, changed)
            return redirect("contacts:person", person.pk)
    return _person_page(request, person, form)


def _person_page(request, person, form, refused=None):
    # A refused form has changed the object in memory only; the page says what is stored.
    stored = _staff(request).select_related("school").get(pk=person.pk) if form.errors else person
    held = stored.designations.current().select_related("school")
    context = {"person": stored, "held": held, "form": form, "refused": refused or form}
    return render_form(request, "contacts/person.html", refused or form, context)


def _say_what_changed(request, person, changed):
    if not changed:
        messages.info(request, f"You changed nothing about {person}, so nothing was saved.")
    elif "email" in changed and person.invited_at:
        messages.success(request, f"{person} has a new address. Invite them again: the old link no longer works.")
    else:
        messages.success(request, f"Your changes to {person} are saved.")


@permission_required("contacts.invite_people", raise_exception=True)
@require_POST
def invite(request, pk):
    person = get_object_or_404(_staff(request).select_related("district", "school"), pk=pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        actions.invite(person, by=request.user)
        messages.success(request, f"{person} is invited: an e-mail with a link goes to {person.email}.")
        return redirect("contacts:person", person.pk)
    return _person_page(request, person, PersonChangeForm(instance=person), refused=form)


@permission_required("contacts.invite_people", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def stop_sign_in(request, pk):
    person = get_object_or_404(_staff(request).select_related("district"), pk=pk)
    held = list(person.designations.current().select_related("user", "district", "school"))
    form = forms.Form(posted(request))
    if form.is_valid():
        with refusals_on(form):
            _set_sign_in(person, is_active=False, by=request.user)
            messages.success(request, _what_stopped(person, held))
            return redirect("contacts:person", person.pk)
    context = {
        "person": person,
        "held": held,
        "roles": actions.roles_of(held),
        "speaks": any(each.role in AUTHORIZED_CONTACTS for each in held),
        "refusal": _why_to_stay(held),
    }
    return render_form(request, "contacts/stop_sign_in.html", form, context)


def _why_to_stay(held):
    """Why the person cannot be stopped, which nobody is to learn from the button only."""
    try:
        for designation in held:
            if designation.role == Role.DISTRICT_ADMINISTRATOR:
                actions.refuse_last_administrator(designation)
    except ActionRefused as refusal:
        return str(refusal)


def _what_stopped(person, held):
    said = [f"{person} can no longer sign in."]
    if held:
        said.append(f"Ended: {actions.roles_of(held)}.")
    if any(designation.role in AUTHORIZED_CONTACTS for designation in held):
        said.append("Their open cases are offered to the other contacts.")
    return " ".join(said)


@permission_required("contacts.invite_people", raise_exception=True)
@require_POST
def restore_sign_in(request, pk):
    person = get_object_or_404(_staff(request).select_related("district", "school"), pk=pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        _set_sign_in(person, is_active=True, by=request.user)
        messages.success(request, f"{person} can sign in again.")
        return redirect("contacts:person", person.pk)
    return _person_page(request, person, PersonChangeForm(instance=person), refused=form)


def _set_sign_in(person, *, is_active, by):
    person.is_active = is_active
    actions.change_person(person, by=by, changed=["is_active"])


@permission_required("contacts.keep_profile", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """What people keep current about themselves; their district sees it at once."""
    person = User.objects.select_related("district", "school").get(pk=request.user.pk)
    form = ProfileForm(posted(request), instance=person)
    if form.is_valid():
        with refusals_on(form):
            actions.change_profile(person, changed=form.fields)
            messages.success(request, "Your profile is saved.")
            return redirect("contacts:profile")
    return render_form(request, "contacts/profile.html", form, {})


def _staff(request):
    return User.objects.filter(district_id=request.user.district_id, district__isnull=False)
