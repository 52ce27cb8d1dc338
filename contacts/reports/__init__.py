"""Counts for pages and messages."""

from contacts.reports.coverage import (
    HISTORY,
    Coverage,
    contacts_at,
    coverage,
    districts_by_gap,
    gaps,
    lanes,
    with_gap,
    with_recorded_gaps,
    with_seat,
)
from contacts.reports.inactivity import flagged_in, inactivity_forecast, inactivity_watch, upcoming, with_left
from contacts.reports.training import trainees

__all__ = [
    "HISTORY",
    "Coverage",
    "contacts_at",
    "coverage",
    "districts_by_gap",
    "flagged_in",
    "gaps",
    "inactivity_forecast",
    "inactivity_watch",
    "lanes",
    "trainees",
    "upcoming",
    "with_gap",
    "with_left",
    "with_recorded_gaps",
    "with_seat",
]
