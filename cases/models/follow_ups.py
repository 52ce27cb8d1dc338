"""What happens to a resolution that the district does not answer: three reminders, then Support closes the case."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings

from contacts.business_time import ONE_DAY, Calendar, business_days_after, stretches


@dataclass(frozen=True)
class FollowUp:
    """The days, in the district's calendar, of the reminders and of the closing, as the calendar stands now."""

    calendar: Calendar
    resolved_on: date
    reminder_days: list[date]
    closing_day: date
    reminders_sent: int

    def reminder_due(self, at):
        """The number of the latest reminder that is due and not yet sent, or 0. Those before it are skipped."""
        due = sum(self.calendar.at(day, settings.CASE_REMIND_AT) <= at for day in self.reminder_days)
        return due if due > self.reminders_sent else 0

    def closing_due(self, at):
        """Whether it is time to close: never before the last reminder."""
        reminded = self.reminders_sent == len(self.reminder_days)
        return reminded and self.closes_at <= at

    @property
    def closes_at(self) -> datetime:
        return self.calendar.at(self.closing_day, settings.CASE_CLOSE_AT)

    @property
    def skipped(self):
        """(first day, last day, why) of what does not count until the closing."""
        first, end = (self.calendar.at(day + ONE_DAY, time.min) for day in (self.resolved_on, self.closing_day))
        for part in stretches(first, end, self.calendar):
            if part.why_skipped:
                yield self.calendar.day_of(part.start), self.calendar.day_of(part.end) - ONE_DAY, part.why_skipped

    @property
    def days_to_come(self):
        return self.reminder_days[self.reminders_sent :]


def follow_up_of(case):
    calendar = case.district.calendar
    resolved_on = calendar.day_of(case.resolved_at)
    *reminders, closing = (
        business_days_after(resolved_on, n, calendar) for n in [*settings.CASE_REMIND_ON, settings.CASE_CLOSE_ON]
    )
    if case.reminded_at:
        # After a late reminder too, there is a business day to answer.
        closing = max(closing, business_days_after(calendar.day_of(case.reminded_at), 1, calendar))
    return FollowUp(calendar, resolved_on, reminders, closing, case.reminders_sent)
