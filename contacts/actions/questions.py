"""Ask my contact: what staff ask of their coach or contacts, and what becomes of it."""

from django.utils import timezone

from contacts import ActionRefused, DuplicateSubmission, audit, message_center
from contacts.actions._common import action, lock_actor, lock_designation
from contacts.actions.recipients import coaches_of, support_contacts_of, with_covers
from contacts.models import ANSWER_STAFF, AUTHORIZED_CONTACTS, Kind, Role, StaffQuestion

Recipient, Status = StaffQuestion.Recipient, StaffQuestion.Status


@action
def ask(*, by, text, idempotency_key=None):
    """It goes to the coaches of the asker's school; without one, to the support contacts."""
    if lock_designation(by, AUTHORIZED_CONTACTS):
        raise ActionRefused("You are an authorized contact yourself, so you bring questions to Support.")
    if question := _asked_before(by, text, idempotency_key):
        return question
    went_to, people = _whom_to_ask(by)
    question = StaffQuestion(asker=by, district=by.district, school_id=by.school_id, text=text, went_to=went_to)
    question.idempotency_key = idempotency_key or question.idempotency_key
    question.save(force_insert=True)
    audit.record("question.ask", by=by, on=question, went_to=went_to)
    _tell_who_answer("question_asked", question, to=with_covers(people), by=by)
    return question


def _asked_before(by, text, idempotency_key):
    """What the same form already asked, or None. Raises DuplicateSubmission where it said something else."""
    question = StaffQuestion.objects.filter(asker=by, idempotency_key=idempotency_key).first()
    if question and question.text != text:
        raise DuplicateSubmission
    return question


def _whom_to_ask(by):
    """(recipient, people). Nobody asks themselves: a coach's question goes to the other coaches or the contacts."""
    coaches = coaches_of(by.school_id, district=by.district).exclude(pk=by.pk)
    if coaches.exists():
        return Recipient.COACH, coaches
    contacts = support_contacts_of(by.district)
    if not contacts.exists():
        raise ActionRefused(
            "Your district has no contact yet who could answer. Ask the person you usually turn to for help."
        )
    return Recipient.CONTACTS, contacts


@action
def answer(question, *, by, text):
    """Whoever answers first answers; the same answer twice is one."""
    lock_actor(by, ANSWER_STAFF)
    question = _lock(question, by=by)
    if (question.answered_by_id, question.answer) == (by.pk, text):
        return question
    question.become(Status.ANSWERED)
    question.answered_by, question.answered_at, question.answer = by, timezone.now(), text
    question.save(update_fields=["status", "answered_by", "answered_at", "answer"])
    audit.record("question.answer", by=by, on=question)
    _settle(question)
    _tell("question_answered", question, to=[question.asker], by=by)
    return question


@action
def pass_on(question, *, by):
    """A coach hands it to the support contacts."""
    lock_actor(by, [Role.BUILDING_COACH])
    question = _lock(question, by=by, among=StaffQuestion.objects.visible_to(by).exclude(asker=by))
    if question.passed_on_by_id == by.pk:
        return question
    if question.went_to != Recipient.COACH or question.status != Status.NEW:
        raise ActionRefused("Somebody else took care of this question meanwhile. Nothing was changed.")
    contacts = support_contacts_of(by.district).exclude(pk=question.asker_id)
    if not contacts.exists():
        raise ActionRefused("Your district has no authorized contact to whom this could be passed on.")
    question.went_to, question.passed_on_by, question.passed_on_at = Recipient.CONTACTS, by, timezone.now()
    question.save(update_fields=["went_to", "passed_on_by", "passed_on_at"])
    audit.record("question.pass_on", by=by, on=question)
    _settle(question)
    _tell_who_answer("question_passed_on", question, to=with_covers(contacts), by=by)
    return question


def hold_question(question, *, by):
    """The question, locked for a contact who is about to bring it to Support. Raises ActionRefused where one did."""
    question = _lock(question, by=by)
    question.become(Status.BROUGHT)
    return question


@action
def bring_to_support(question, *, by, reference):
    """Note what the question is at Support, and tell the asker; ``reference`` is such as "request 12"."""
    lock_actor(by, AUTHORIZED_CONTACTS)
    question = hold_question(question, by=by)
    question.brought_by, question.brought_at, question.reference = by, timezone.now(), reference
    question.save(update_fields=["status", "brought_by", "brought_at", "reference"])
    audit.record("question.bring_to_support", by=by, on=question, reference=reference)
    _settle(question)
    _tell("question_brought", question, to=[question.asker], by=by)
    return question


def _lock(question, *, by, among=None):
    """As it is now, while the person may still deal with it."""
    found = among if among is not None else StaffQuestion.objects.answerable_by(by)
    found = found.select_related("asker", "district", "school").select_for_update(of=("self",))
    question = found.filter(pk=question.pk).first()
    if question is None:
        raise ActionRefused("This question is no longer with you. Nothing was changed.")
    return question


def _settle(question):
    """Whom it asked so far need not answer any more."""
    message_center.settle(question.get_absolute_url())


def _tell_who_answer(message, question, *, to, by):
    _tell(message, question, to=to, by=by, kind=Kind.ANSWER, subject=f"Question from {question.asker}")


def _tell(message, question, *, to, by, kind=Kind.CONTACTS, subject="Your question"):
    message_center.send(
        f"contacts/messages/{message}.txt",
        to=set(to) - {by},
        kind=kind,
        about=question.get_absolute_url(),
        subject=subject,
        district=question.district,
        question=question,
        by=by,
    )
