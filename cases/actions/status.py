"""The file of the public status page, which is read without the database."""

import json
import os
from datetime import UTC, datetime, timedelta
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils import timezone

from cases.models import Notice

# What is over stays on the page so long.
KEPT_FOR = timedelta(days=7)


def write_status():
    """Write what anyone may know, where it differs from what is written; says whether it did.

    Whoever reads meanwhile has the old file or the new one. One that has not changed is dated anew, which tells that
    somebody looked.
    """
    path, text = settings.STATUS_FILE, json.dumps(_status(timezone.now()), indent=1)
    if path.exists() and path.read_text() == text:
        os.utime(path)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        new.write(text)
    os.chmod(new.name, 0o644)
    os.replace(new.name, path)
    return True


def read_status():
    """(what the file says, when it was last looked after), or (None, None) where there is no such file yet."""
    path = settings.STATUS_FILE
    try:
        looked_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return json.loads(path.read_text(), object_hook=_with_moments), looked_at
    except (OSError, ValueError):
        return None, None


def _status(now):
    public = Notice.objects.announced().filter(is_public=True).rows()
    over = public.closed().filter(resolved_at__gt=now - KEPT_FOR).order_by("-resolved_at", "-pk")
    return {"open": [*map(_notice, public.open().order_by("kind", "-posted_at", "-pk"))], "over": [*map(_notice, over)]}


def _notice(notice):
    """Nothing of districts or of who wrote it."""
    return {
        "kind": notice.kind,
        "title": notice.title,
        "instructions": notice.instructions,
        "areas": [area.name for area in notice.product_areas.all()],
        "sites": notice.sites,
        **_moments(starts=notice.starts_at, ends=notice.expected_end, over=notice.resolved_at),
        "updates": [_update(update) for update in notice.updates.all()],
    }


def _update(update):
    return {"step": update.get_step_display(), "text": update.text, **_moments(said=update.at)}


def _moments(**moments):
    return {f"{name}_at": moment and moment.isoformat() for name, moment in moments.items()}


def _with_moments(said):
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and value else value for name, value in said.items()
    }
