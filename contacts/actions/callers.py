"""Who is calling: Support looks people up, and a contact shows by a one-time code who they are."""

import secrets
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_actor
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, CallerCode, Kind

NONE = "{person} has no code yet. Ask them to sign in and open Contacts, then Code for a call."
USED = "This code was already used, by {code.used_by} at {used_at}. Ask {person} to show a new one."
USED_BY_ONESELF = "You checked this code at {used_at}, and it was right. A code counts once."
DEAD = "Five wrong codes were tried, so this one no longer counts. Ask {person} to show a new one."
EXPIRED = "The code of {person} has expired. Ask them to show a new one."
WRONG = "This is not the code of {person}. Tries left: {code.tries_left}."
RIGHT = "The code is right. You are speaking with {person}."


@dataclass(frozen=True)
class Check:
    """What came of a check: a word for the audit, and a sentence for the agent."""

    outcome: str
    sentence: str

    @property
    def is_right(self):
        return self.outcome == "right"


@action
def note_look_up(people, *, by):
    """Someone of Support saw who these people are: the one whom they looked for, or all that were called so."""
    if len(people) == 1:
        audit.record("caller.look_up", by=by, on=people[0])
    elif people:
        audit.record("caller.search", by=by, on=by, found=len(people), people=[person.pk for person in people])


@action
def make_caller_code(*, by):
    """(code, digits). The digits are stored nowhere, and an earlier code no longer counts."""
    lock_actor(by, AUTHORIZED_CONTACTS)
    now = timezone.now()
    CallerCode.objects.filter(person=by, used_at=None, replaced_at=None).update(replaced_at=now)
    code = CallerCode(person=by, district_id=by.district_id, created_at=now, expires_at=now + CallerCode.VALID_FOR)
    digits = f"{secrets.randbelow(10**CallerCode.DIGITS):0{CallerCode.DIGITS}}"
    code.set_digits(digits)
    code.save()
    audit.record("caller.make_code", by=by, on=by)
    return code, digits


@action
def check_caller_code(person, *, by, digits):
    """A wrong code counts, so it is no refusal. Raises ActionRefused for who is not a contact now."""
    (is_contact,) = lock_actor(by, SUPPORT_SIDE, (person, AUTHORIZED_CONTACTS))
    if not is_contact:
        raise ActionRefused(f"{person} is not an authorized contact now. No code was checked.")
    # The newest one is the only one that counts.
    codes = CallerCode.objects.filter(person=person).select_related("used_by")
    code = codes.select_for_update(of=("self",)).first()
    check = _check(code, person, by=by, digits=digits)
    audit.record("caller.check", by=by, on=person, outcome=check.outcome)
    return check


def _check(code, person, *, by, digits):
    if code is None:
        return Check("none", NONE.format(person=person))
    if code.used_at:
        used_at = date_format(code.used_at.astimezone(by.zone), "TIME_FORMAT")
        sentence = USED_BY_ONESELF if code.used_by == by and code.is_made_of(digits) else USED
        return Check("used", sentence.format(person=person, code=code, used_at=used_at))
    if not code.tries_left:
        return Check("tried too often", DEAD.format(person=person))
    if code.expires_at <= timezone.now():
        return Check("expired", EXPIRED.format(person=person))
    return _use(code, person, by=by) if code.is_made_of(digits) else _count_wrong_try(code, person)


def _use(code, person, *, by):
    code.used_at, code.used_by = timezone.now(), by
    code.save(update_fields=["used_at", "used_by"])
    return Check("right", RIGHT.format(person=person))


def _count_wrong_try(code, person):
    code.wrong_tries += 1
    code.save(update_fields=["wrong_tries"])
    if code.tries_left:
        return Check("wrong", WRONG.format(person=person, code=code))
    message_center.send(
        "contacts/messages/wrong_caller_codes.txt",
        to=[person],
        kind=Kind.ACCOUNT,
        about=reverse("contacts:code"),
        subject="Your code for a call",
        district=person.district,
        code=code,
    )
    return Check("wrong", DEAD.format(person=person))
