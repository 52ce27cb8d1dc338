"""Notices: posted, updated, changed and closed by Support; each time those affected are told."""

from django.utils import timezone

from cases.actions.notice_messages import tell_of_end, tell_of_posting, tell_of_reminder, tell_of_update
from cases.models import Notice, NoticeUpdate
from cases.models.notices import NoticeStep as Step
from contacts import ActionRefused, DuplicateSubmission, Outdated, audit
from contacts.actions import action, lock_actor
from contacts.actions.sweeping import lock_if_free, sweep
from contacts.models import SUPPORT_SIDE, District

# What is chosen of other tables.
MANY = ["districts", "product_areas"]
# What the audit calls each step.
VERBS = {Step.UPDATED: "update", Step.CHANGED: "change", Step.RESOLVED: "resolve"}


@action
def post_notice(*, by, kind, idempotency_key=None, **said):
    """An incident is announced at once; maintenance when its time comes. The same form sent twice posts once."""
    lock_actor(by, SUPPORT_SIDE)
    if idempotency_key and (same := Notice.objects.filter(idempotency_key=idempotency_key).first()):
        if (same.posted_by, same.kind) != (by, kind) or not _says(same, said):
            raise DuplicateSubmission
        return same
    notice = Notice(kind=kind, posted_by=by, idempotency_key=idempotency_key)
    for name in said.keys() - set(MANY):
        setattr(notice, name, said[name])
    now = timezone.now()
    if notice.is_incident or notice.announced_on <= now:
        notice.announced_at = now
    _refuse_nobody(notice, said["districts"])
    _refuse_named_district(notice)
    notice.save(force_insert=True)
    _set_many(notice, said)
    _say(notice, Step.POSTED, by=by, text="")
    audit.record("notice.post", by=by, on=notice)
    if notice.announced_at:
        tell_of_posting(notice)
    return notice


@action
def update_notice(notice, *, by, text, expected_end, newest=None):
    """Tell how things stand. ``newest`` is the number of the newest update that the writer had read."""
    notice = _lock(notice, by=by)
    if _repeats(notice, Step.UPDATED, text, by=by, expected_end=expected_end):
        return notice
    _refuse_closed(notice)
    _refuse_outdated(notice, newest, by=by)
    notice.expected_end = expected_end
    return _next(notice, Step.UPDATED, by=by, text=text)


@action
def change_notice(notice, *, by, text, newest=None, **said):
    """Change what it says, whom it affects or when it is. ``text`` tells what changed, and why."""
    notice = _lock(notice, by=by)
    if _repeats(notice, Step.CHANGED, text, by=by, **said):
        return notice
    _refuse_closed(notice)
    _refuse_outdated(notice, newest, by=by)
    if said["starts_at"] != notice.starts_at:
        notice.reminded_at = None
    for name in said.keys() - set(MANY):
        setattr(notice, name, said[name])
    _refuse_nobody(notice, said["districts"])
    _set_many(notice, said)
    return _next(notice, Step.CHANGED, by=by, text=text)


@action
def resolve_notice(notice, *, by, text, newest=None):
    """Say that it is over, and how it ended. Maintenance that has not begun is thereby canceled."""
    notice = _lock(notice, by=by)
    if _repeats(notice, Step.RESOLVED, text, by=by):
        return notice
    _refuse_closed(notice)
    _refuse_outdated(notice, newest, by=by)
    notice.resolved_at = timezone.now()
    return _next(notice, Step.RESOLVED, by=by, text=text)


def announce_notices():
    """Announce maintenance about two weeks ahead, and remind of it the day before, each once; returns of how many."""
    now = timezone.now()
    announced = sweep(Notice.objects.to_announce(now), _announce)
    return announced + sweep(Notice.objects.to_remind_of(now), _remind)


@action
def _announce(notice):
    now = timezone.now()
    if not (notice := lock_if_free(Notice.objects.to_announce(now), notice)):
        return False
    notice.announced_at = notice.updated_at = now
    notice.save(update_fields=["announced_at", "updated_at"])
    audit.record("notice.announce", by=None, on=notice)
    tell_of_posting(notice)
    return True


@action
def _remind(notice):
    now = timezone.now()
    if not (notice := lock_if_free(Notice.objects.to_remind_of(now), notice)):
        return False
    notice.reminded_at = now
    notice.save(update_fields=["reminded_at"])
    audit.record("notice.remind", by=None, on=notice)
    tell_of_reminder(notice)
    return True


def _lock(notice, *, by):
    lock_actor(by, SUPPORT_SIDE)
    return Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)


def _refuse_closed(notice):
    if not notice.is_open:
        raise ActionRefused(f"{notice} is closed. Post a new notice if it goes on.")


def _refuse_outdated(notice, newest, *, by):
    """Refuse what was written without knowing what somebody else said since; None is not asked."""
    if newest is None:
        return
    others = notice.updates.filter(number__gt=newest).exclude(by=by).select_related("by")
    if news := list(others):
        raise Outdated(notice, news)


def _refuse_nobody(notice, districts):
    if not (notice.everyone or districts):
        raise ActionRefused("Choose the districts that it affects, or all of them.")


def _refuse_named_district(notice, text=""):
    """Anyone reads a public notice and all its updates, so none of it names a district."""
    if not notice.is_public:
        return
    said = [notice.title, notice.instructions, text]
    if notice.pk:
        said += notice.updates.values_list("text", flat=True)
    if district := District.objects.named_in(" ".join(said)).first():
        raise ActionRefused(f"Anyone can read a public notice, and this one names {district}. Leave the name out.")


def _repeats(notice, step, text, *, by, **said):
    """Whether the person just said all of that: a second press changes nothing."""
    last = notice.updates.last()
    return (last.step, last.text, last.by_id) == (step, text, by.pk) and _says(notice, said)


def _says(notice, said):
    """Whether the notice says all of it already."""
    chosen = {name: {*getattr(notice, name).all()} for name in MANY if name in said}
    if notice.everyone and "districts" in said:
        chosen["districts"] = {*said["districts"]}
    so_far = {name: getattr(notice, name) for name in said.keys() - chosen.keys()} | chosen
    return so_far == said | {name: {*said[name]} for name in chosen}


def _set_many(notice, said):
    notice.product_areas.set(said["product_areas"])
    notice.districts.set([] if notice.everyone else said["districts"])


def _next(notice, step, *, by, text):
    """Save, add the next update, audit and tell."""
    _refuse_named_district(notice, text)
    notice.number, notice.updated_at = notice.number + 1, timezone.now()
    notice.save()
    _say(notice, step, by=by, text=text)
    audit.record(f"notice.{VERBS[step]}", by=by, on=notice, number=notice.number)
    if notice.announced_at:
        tell_of_end(notice, text) if step == Step.RESOLVED else tell_of_update(notice, text)
    return notice


def _say(notice, step, *, by, text):
    NoticeUpdate.objects.create(
        notice=notice, number=notice.number, step=step, by=by, text=text, expected_end=notice.expected_end
    )
