"""Home: how much there is, and what needs the person now."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.views.lists import MOST_COUNTED
from contacts.pagination import capped, capped_counts
from portal import home as parts


@require_safe
def home(request):
    user, now = request.user, timezone.now()
    figures, kinds = list(parts.figures(user, now)), list(parts.kinds(user, now))
    counts = _counts(figures, kinds)
    waiting = [(kind, counts[kind]) for kind in kinds if counts[kind]]
    context = {
        "greeting": _greeting(timezone.localtime(now)),
        "action": parts.first_action(user),
        "ways": parts.ways(user),
        "figures": [_figure(figure, *counts[figure]) for figure in figures],
        "picture": parts.picture(user, now),
        "shares": parts.shares(user, now),
        "needs": parts.pressing([kind for kind, _ in waiting], parts.without_rows(user), now),
        "more": [_more(kind, count) for kind, count in waiting if count > parts.SHOWN],
    }
    return render(request, "portal/home.html", context)


def _counts(figures, kinds):
    """How many of each kind there are, and of each figure (all, the reader's own), in one query."""
    pairs = [(figure.rows, figure.rows.none() if figure.mine is None else figure.mine) for figure in figures]
    querysets = [rows for pair in pairs for rows in pair] + [kind.rows for kind in kinds]
    found = iter(capped_counts(querysets, MOST_COUNTED))
    return {figure: (next(found), next(found)) for figure in figures} | {kind: next(found) for kind in kinds}


def _figure(figure, count, mine):
    return {
        "label": figure.label,
        "url": figure.url,
        "count": capped(count, MOST_COUNTED),
        "mine": capped(mine, MOST_COUNTED) if mine else "",
        "is_zero": not count,
        "is_late": figure.is_late and bool(count),
    }


def _more(kind, count):
    left = capped(count, MOST_COUNTED) if count > MOST_COUNTED else f"{count - parts.SHOWN:,}"
    return {"url": kind.url, "said": f"{left} more {kind.more}"}


def _greeting(local):
    return "Good morning" if local.hour < 12 else "Good afternoon" if local.hour < 18 else "Good evening"
