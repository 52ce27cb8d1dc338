"""Which training somebody completed: recorded, confirmed and taken back."""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_actor, lock_designation
from contacts.models import ANSWER_STAFF, CONTACT_MANAGERS, Designation, Kind, TrainingCompletion, TrainingModule


@action
def record_training(module, *, person, completed_on, by):
    """Contacts and coaches report their own. Who chooses contacts records that of others, and so confirms the same
    training where its person reported it before.
    """
    _lock_recorder(by, person)
    roles = Designation.objects.current().filter(user=person).values("role")
    if not TrainingModule.objects.for_roles(roles).filter(pk=module.pk).exists():
        raise ActionRefused(f"{module} is no longer a training for {_whom(person, by)}. Nothing was recorded.")
    same = TrainingCompletion.objects.standing().select_for_update(of=("self",))
    found = same.filter(person=person, module=module, completed_on=completed_on).first()
    return _confirm(found, by=by) if found else _add(module, person, completed_on, by=by)


def _lock_recorder(by, person):
    if by == person:
        lock_actor(by, ANSWER_STAFF)
        return
    (is_trained,) = lock_actor(by, CONTACT_MANAGERS, (person, ANSWER_STAFF))
    if not is_trained:
        raise ActionRefused(f"{person} is no contact or coach who can sign in. Nothing was recorded.")


def _whom(person, by):
    return "you" if person == by else person


def _add(module, person, completed_on, *, by):
    completion = TrainingCompletion(
        district_id=person.district_id, person=person, module=module, completed_on=completed_on, recorded_by=by
    )
    completion.save(force_insert=True)
    audit.record("training.record", by=by, on=completion, completed_on=completed_on.isoformat())
    return completion


@action
def confirm_training(completion, *, by):
    """What its person reported: somebody else says so, too. Twice is once."""
    lock_actor(by, CONTACT_MANAGERS)
    completion = _lock(completion)
    if completion.withdrawn_at:
        raise ActionRefused(f"{completion.withdrawn_by} took this training back. Nothing was confirmed.")
    if completion.person_id == by.pk:
        raise ActionRefused("Somebody else confirms your own training. Nothing was changed.")
    return _confirm(completion, by=by)


def _confirm(completion, *, by):
    if by.pk != completion.person_id and completion.is_self_reported:
        completion.confirmed_by, completion.confirmed_at = by, timezone.now()
        completion.save(update_fields=["confirmed_by", "confirmed_at"])
        audit.record("training.confirm", by=by, on=completion)
    return completion


@action
def withdraw_training(completion, *, by):
    """A wrong entry no longer counts. Whoever recorded it takes it back, or who chooses contacts; twice is once."""
    manages = lock_designation(by, CONTACT_MANAGERS)
    if not manages:
        lock_actor(by, ANSWER_STAFF)
    completion = _lock(completion)
    if not manages and completion.recorded_by_id != by.pk:
        raise ActionRefused(f"{completion.recorded_by} recorded this. Ask your district administrator to take it back.")
    if completion.withdrawn_at:
        return completion
    completion.withdrawn_by, completion.withdrawn_at = by, timezone.now()
    completion.save(update_fields=["withdrawn_by", "withdrawn_at"])
    audit.record("training.withdraw", by=by, on=completion, completed_on=completion.completed_on.isoformat())
    _tell_who_thought_it_done(completion, by=by)
    return completion


def _lock(completion):
    found = TrainingCompletion.objects.select_for_update(of=("self",))
    return found.select_related("person", "module", "recorded_by", "withdrawn_by", "district").get(pk=completion.pk)


def _tell_who_thought_it_done(completion, *, by):
    message_center.send(
        "contacts/messages/training_taken_back.txt",
        to={completion.person} - {by},
        kind=Kind.CONTACTS,
        about=reverse("contacts:training"),
        subject="Your training",
        district=completion.district,
        completion=completion,
        by=by,
    )
