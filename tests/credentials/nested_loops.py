"""Who might be qualified to teach what, told day by day with nothing but loops: what the portal's answers are held to.

Nothing here is shared with the portal but the rows. It knows no sets of days and compares everything with everything.
"""

from copy import copy
from datetime import timedelta

ONE_DAY = timedelta(days=1)


def has_any(wanted, held):
    return not wanted or any(each in held for each in wanted)


def level_of(record, key):
    value = record.extra.get(key, [])
    return value if isinstance(value, list) else [value]


def fits(record, requirement):
    if requirement.type_id is not None and record.type_id != requirement.type_id:
        return False
    if requirement.field and record.field != requirement.field:
        return False
    if not has_any(requirement.subjects, record.subjects) or not has_any(requirement.grade_levels, record.grade_levels):
        return False
    return not requirement.level_key or has_any(requirement.levels, level_of(record, requirement.level_key))


def is_valid(record, day):
    begun = record.effective_on is None or record.effective_on <= day
    return begun and (record.expires_on is None or day <= record.expires_on)


def group_is_met(requirements, records, day):
    for requirement in requirements:
        for record in records:
            if fits(record, requirement) and is_valid(record, day):
                return True
    return False


def groups_of(requirements):
    numbers = sorted({requirement.group_number for requirement in requirements})
    return [[each for each in requirements if each.group_number == number] for number in numbers]


def is_close(requirements, records, day):
    """Whether nothing that is asked for is on record, but something valid of the same type, field and subject is."""
    if any(fits(record, requirement) for record in records for requirement in requirements):
        return False
    for requirement in requirements:
        for record in records:
            names_something = requirement.field or requirement.subjects
            if names_something and is_valid(record, day) and fits(record, without_grades_and_level(requirement)):
                return True
    return False


def without_grades_and_level(requirement):
    loose = copy(requirement)
    loose.grade_levels, loose.level_key, loose.levels = [], "", []
    return loose


def state(requirements, records, day, year_end, first_day):
    """(state, last day without a break or None); ``first_day`` is one before which nothing changes."""
    groups = groups_of(requirements)
    if not groups:
        return "no_rule", None

    def is_qualified(on):
        return all(group_is_met(group, records, on) for group in groups)

    if is_qualified(day):
        last = day
        while last <= year_end and is_qualified(last + ONE_DAY):
            last += ONE_DAY
        return ("qualified", None) if last >= year_end else ("expiring", last)
    past = [first_day + ONE_DAY * number for number in range((day - first_day).days + 1)]
    if all(any(group_is_met(group, records, on) for on in past) for group in groups):
        return "expired", None
    return "not_qualified", None
