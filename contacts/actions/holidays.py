"""On which days a district is closed. Dates that are counted in its business days follow at once."""

from datetime import timedelta

from contacts import ActionRefused, audit
from contacts.actions._common import action, lock_district, lock_manager
from contacts.business_time import business_days_after
from contacts.models import DistrictHoliday


@action
def add_holiday(holiday, *, by):
    lock_manager(by)
    _save(holiday, "district.add_holiday", by=by)


@action
def change_holiday(holiday, *, by):
    lock_manager(by)
    _save(holiday, "district.change_holiday", by=by)


@action
def remove_holiday(holiday, *, by):
    """Twice is once: whoever comes second finds it done."""
    lock_manager(by)
    if DistrictHoliday.objects.filter(pk=holiday.pk).delete()[0]:
        _note("district.remove_holiday", holiday, by=by)


def _save(holiday, event, *, by):
    lock_district(holiday.district_id)
    holiday.save()
    _refuse_closed_for_a_year(holiday.district)
    _note(event, holiday, by=by)


def _refuse_closed_for_a_year(district):
    """One break after the other: what is counted in business days must come to an end."""
    calendar = district.calendar
    for first_on, _, _ in calendar.breaks:
        if business_days_after(first_on - timedelta(days=1), 1, calendar) - first_on > timedelta(days=366):
            raise ActionRefused("With these days your district would be closed for more than a year.")


def _note(event, holiday, *, by):
    days = " to ".join(sorted({f"{holiday.first_on:%Y-%m-%d}", f"{holiday.last_on:%Y-%m-%d}"}))
    audit.record(event, by=by, on=holiday.district, name=holiday.name, days=days)
