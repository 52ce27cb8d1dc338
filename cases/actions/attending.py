"""Which agents have a case open, so that two do not answer it at once."""

from django.utils import timezone

from cases.models import Presence
from cases.models.presence import IS_HERE_FOR


def attend(*, case, by, is_writing=False):
    """Note that the agent has the case open: one statement, on which nothing rests. It is neither audited nor told."""
    said = {"is_writing": is_writing, "seen_at": timezone.now()}
    Presence.objects.bulk_create(
        [Presence(case=case, district_id=case.district_id, agent=by, **said)],
        update_conflicts=True,
        unique_fields=["case", "agent"],
        update_fields=list(said),
    )


def forget_presences():
    """Those who have long left."""
    Presence.objects.filter(seen_at__lt=timezone.now() - 10 * IS_HERE_FOR).delete()
