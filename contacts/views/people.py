from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.forms import PersonChangeForm, PersonForm, SearchForm
from contacts.models import User
from contacts.views.choice import posted

PAGE = 25


@permission_required("contacts.invite_people", raise_exception=True)
@require_safe
def people(request):
    form = SearchForm(request.GET, label="Name, e-mail or position")
    staff = _staff(request).named(form.words)
    if after := _last_seen(request):
        staff = staff.after(after)
    found = list(staff.select_related("school")[: PAGE + 1])
    context = {
        "form": form,
        "people": found[:PAGE],
        "first_url": _page(form.words) if after else "",
        "next_url": _page(form.words, after=found[PAGE - 1].pk) if len(found) > PAGE else "",
    }
    return render(request, "contacts/people.html", context)


@permission_required("contacts.invite_people", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request):
    form = PersonForm(posted(request), instance=User(district=request.user.district))
    if form.is_valid():
        try:
            person = actions.add_person(form.instance, by=request.user)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person} is added. Invite them when they may sign in.")
            return redirect("contacts:person", person.pk)
    return render(request, "contacts/add_person.html", {"form": form})


@permission_required("contacts.invite_people", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, pk):
    person = get_object_or_404(_staff(request).select_related("district", "school"), pk=pk)
    form = PersonChangeForm(posted(request), instance=person)
    if form.is_valid():
        try:
            changed = actions.change_person(person, by=request.user, changed=form.changed_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_what_changed(request, person, changed)
            return redirect("contacts:person", person.pk)
    # A refused form has changed the object in memory only; the page says what is stored.
    stored = _staff(request).select_related("school").get(pk=pk) if form.errors else person
    held = stored.designations.current().select_related("school")
    return render(request, "contacts/person.html", {"person": stored, "form": form, "held": held})


def _say_what_changed(request, person, changed):
    if not changed:
        messages.info(request, f"You changed nothing about {person}, so nothing was saved.")
    elif "email" in changed and person.invited_at:
        messages.success(request, f"The new address of {person} is saved. Invite them again: the first link is void.")
    else:
        messages.success(request, f"What you changed about {person} is saved.")


@permission_required("contacts.invite_people", raise_exception=True)
@require_POST
def invite(request, pk):
    person = get_object_or_404(_staff(request), pk=pk)
    try:
        actions.invite(person, by=request.user)
        messages.success(request, f"{person} is invited: an e-mail with a link goes to {person.email}.")
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("contacts:person", person.pk)


def _staff(request):
    return User.objects.filter(district_id=request.user.district_id, district__isnull=False)


def _last_seen(request):
    """The person after whom the page starts; an unknown one starts it at the beginning."""
    after = request.GET.get("after", "")
    return _staff(request).filter(pk=after).first() if after.isdecimal() and len(after) < 19 else None


def _page(words, **position):
    query = urlencode({"q": words, **position} if words else position)
    return f"{reverse('contacts:people')}?{query}" if query else reverse("contacts:people")
