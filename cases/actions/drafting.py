"""What a person is typing on a case, kept until it is sent."""

from django.utils import timezone

from cases.actions._common import roles_to_act
from cases.models import Draft, TimelineEntry
from cases.models.drafts import LONGEST_DRAFT
from contacts import ActionRefused
from contacts.actions import action, lock_actor


@action
def save_draft(*, case, by, mode, text, idempotency_key):
    """Keep the text, or forget the draft where it is empty. Returns the draft, or None.

    The person is locked, so that what comes late cannot bring back what the same form has sent meanwhile.
    """
    lock_actor(by, roles_to_act(by))
    if TimelineEntry.objects.filter(by=by, idempotency_key=idempotency_key).exists():
        return None
    if len(text) > LONGEST_DRAFT:
        raise ActionRefused("This is more than a draft can hold. Cut it, or send a part of it first.")
    if not text.strip():
        Draft.objects.filter(case=case, person=by).delete()
        return None
    said = {"mode": mode, "text": text, "form_key": idempotency_key, "saved_at": timezone.now()}
    draft = Draft(case=case, district_id=case.district_id, person=by, **said)
    Draft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["person", "case"], update_fields=list(said)
    )
    return draft
