"""The caller at the desk: who is it, may they speak for their district, and are they who they say?"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.forms import CallerCodeForm, SearchForm
from contacts.models import AUTHORIZED_CONTACTS, CallerCode, Designation, District, User, covers_at
from contacts.views.shortcuts import posted, refusals_on, render_form

SHOWN, DISTRICTS_SHOWN = 20, 5


@dataclass
class Caller:
    """Someone who may be on the phone, with what they are and what they were."""

    person: User
    form: CallerCodeForm

    def __post_init__(self):
        self.confirmed_at = next((code.used_at for code in self.person.used_codes), None)
        roles = self.person.designations.all()
        self.held = [each for each in roles if not each.ended_at and each.role in AUTHORIZED_CONTACTS]
        self.others = [each for each in roles if not each.ended_at and each.role not in AUTHORIZED_CONTACTS]
        ended = [each for each in roles if each.ended_at and each.role in AUTHORIZED_CONTACTS]
        self.former = max(ended, key=lambda each: each.ended_at, default=None)

    @property
    def is_contact(self):
        return bool(self.held) and self.person.can_sign_in


@dataclass
class Contact:
    """Someone to whom a caller is referred, with every role that they hold as an authorized contact."""

    person: User
    held: list

    @property
    def roles(self):
        return " and ".join(designation.get_role_display() for designation in self.held).capitalize()

    @property
    def acting_until(self):
        return next(filter(None, (designation.acting_until for designation in self.held)), None)

    @property
    def flag(self):
        return "Flagged inactive" if any(designation.flagged_at for designation in self.held) else ""

    @property
    def query(self):
        """What finds their card, on which their code is checked."""
        return urlencode({"q": self.person.display_name})


@dataclass
class Found:
    """What a page shows of a district: callers of it, and its contacts where somebody is to be referred to them."""

    district: District
    is_asked_for: bool = False
    callers: list = field(default_factory=list)
    contacts: list = field(default_factory=list)

    @property
    def refers(self):
        return self.is_asked_for or not all(caller.is_contact for caller in self.callers)


@permission_required("contacts.check_callers", raise_exception=True)
@require_safe
def callers(request):
    search = SearchForm(request.GET, label="Name, e-mail, phone or district")
    people, districts = [], []
    if search.words:
        districts = list(District.objects.visible_to(request.user).named(search.words)[: DISTRICTS_SHOWN + 1])
        people = list(_who_is_called(search.words, request.user)[: SHOWN + 1])
    found = _by_district(people[:SHOWN], districts[:DISTRICTS_SHOWN], search.words)
    actions.note_look_up(_shown(found), by=request.user)
    context = {
        "search": search,
        "found": found,
        "more_people": len(people) > SHOWN,
        "more_districts": len(districts) > DISTRICTS_SHOWN,
    }
    return render(request, "contacts/callers.html", context)


@permission_required("contacts.check_callers", raise_exception=True)
@require_POST
def check_caller(request, pk):
    person = get_object_or_404(_people(request.user), pk=pk)
    form = CallerCodeForm(request.POST, person=person)
    if form.is_valid():
        with refusals_on(form):
            check = actions.check_caller_code(person, by=request.user, digits=form.cleaned_data["code"])
            if check.is_right:
                messages.success(request, check.sentence)
                words = form.cleaned_data["q"] or person.display_name
                return redirect(f"{reverse('contacts:callers')}?{urlencode({'q': words})}")
            form.add_error("code", check.sentence)
    search = SearchForm({"q": request.POST.get("q", "")}, label="Name, e-mail, phone or district")
    # As they are now: a role may have ended meanwhile.
    found = _by_district([_people(request.user).get(pk=pk)], [], search.words, form)
    if not form.cleaned_data.get("code"):
        # Nothing was checked, but who it is was shown.
        actions.note_look_up([person], by=request.user)
    return render_form(request, "contacts/callers.html", form, {"search": search, "found": found})


@permission_required("contacts.show_code", raise_exception=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    """The digits are shown in the answer to the form, and never again."""
    form, context = forms.Form(posted(request)), {}
    if form.is_valid():
        with refusals_on(form):
            made, digits = actions.make_caller_code(by=request.user)
            context = {"code": made, "digits": f"{digits[:3]} {digits[3:]}"}
    return render_form(request, "contacts/code.html", form, context)


def _people(user):
    """People of districts, with what tells whether they speak for theirs and whether the reader just checked that."""
    people = User.objects.visible_to(user).filter(district__isnull=False).select_related("district", "school")
    roles = Prefetch("designations", Designation.objects.select_related("district", "school"))
    lately = CallerCode.objects.filter(used_by=user, used_at__gt=timezone.now() - CallerCode.VALID_FOR)
    used = Prefetch("caller_codes", lately, to_attr="used_codes")
    return people.prefetch_related(roles, used, covers_at("cover"))


def _who_is_called(words, user):
    """The contacts first: who calls is most often one."""
    held = Designation.objects.authorized_contacts().filter(user=OuterRef("pk"))
    people = _people(user).called(words).annotate(holds_role=Exists(held))
    return people.order_by("-holds_role", "district__name", "last_name", "first_name", "pk")


def _by_district(people, districts, words, form=None):
    """``form`` is that of the only person, if it was sent."""
    found = {}
    for person in people:
        one = Caller(person, form or CallerCodeForm(person=person, initial={"q": words}))
        found.setdefault(person.district, Found(person.district)).callers.append(one)
    for district in districts:
        found.setdefault(district, Found(district)).is_asked_for = True
    held_by = {}
    for designation in _contacts_of([district for district, each in found.items() if each.refers]):
        held_by.setdefault(designation.user, []).append(designation)
    for person, held in held_by.items():
        found[held[0].district].contacts.append(Contact(person, held))
    return list(found.values())


def _shown(found):
    """Who was looked for; else the contacts of the districts that were."""
    callers = [caller.person for each in found for caller in each.callers]
    return callers or list(dict.fromkeys(contact.person for each in found for contact in each.contacts))


def _contacts_of(districts):
    """Support contacts first, and those last who were not active for long."""
    held = Designation.objects.authorized_contacts().active().filter(district__in=districts)
    held = held.select_related("district", "user__school", "school").prefetch_related(covers_at("user__cover"))
    return sorted(
        held.order_by("user__last_name", "user__first_name", "pk"),
        key=lambda each: (bool(each.flagged_at), AUTHORIZED_CONTACTS.index(each.role)),
    )
