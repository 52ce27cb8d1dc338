"""What a text looks like it holds that does not belong into a case. A guess: the person decides, and is asked once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django.utils.dateparse import parse_date

NUMBER = re.compile(r"(?<![\w.:/#@+-])\d{5,10}(?![\w@-]|[.:/]\d)")
# What people call a case, and a phone number that names itself one, is no student's number.
NO_STUDENTS = re.compile(
    r"(?:\bcases?\b|\bphone\b|\bfax\b|\bcall\b|\bZIP\b)[\s:#]*(?:numbers?\b[\s:#]*)?\d[\d\s,#-]*(?:and\s+\d+)?",
    re.IGNORECASE,
)
STUDENTS = re.compile(r"\b(?:students?|pupils?|SAUID|SSID|state ids?)\b", re.IGNORECASE)
BIRTH = re.compile(r"\b(?:birth\w*|born|dobs?)\b", re.IGNORECASE)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DATES = [
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(r"\b(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})[/.-](?P<year>\d{4})\b"),
    re.compile(rf"\b(?P<month>{'|'.join(MONTHS)})[a-z]*\.? (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})\b", re.IGNORECASE),
]
# A list has as many; where the text says what they are, fewer will do.
MANY, SOME = 5, 3
# How old people are at school.
SCHOOL_AGE = range(3, 23)

SECURITY_NUMBER = re.compile(
    r"(?<![\w-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])"
    r"|\b(?:SSN|social security)\b[^\d\n]{0,20}(?!000|666|9)\d{9}\b",
    re.IGNORECASE,
)
NO_PASSWORDS = r"(?!(?:invalid|incorrect|wrong|expired|required|forgotten|missing|unknown|reset|changed)\b)"
PASSWORD = re.compile(
    r"\b(?:password|passwort|passphrase|passcode|passwd|pwd)\b[\"']?\s*"
    rf"(?:[:=]\s*[\"']?{NO_PASSWORDS}(?:\S{{4,}}[ \t]*$|(?=\S*[\d!@#$%^&*])\S{{4,}})"
    r"|\s(?:is|was)\s+[\"']?(?=\S*[\d!@#$%^&*])\S{5,})"
    # Within an address, as user:password@host.
    r"|://[^\s/:@]+:[^\s/:@]+@",
    re.IGNORECASE | re.MULTILINE,
)
KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abprs]-|sk_live_|AIza)[\w-]{16,}"
    r"|(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"
    r"|\bBearer [\w.~+/-]{20,}"
    r"|(?i:\b(?:api[ _-]?key|client[ _-]?secret|access[ _-]?token|secret[ _-]?key|token)\b)"
    r"[\"']?\s*[:=]\s*[\"']?[\w.~+/-]{12,}"
)


@dataclass(frozen=True)
class Sensitive:
    """``find`` gives the passages of a text, looked at in the given year, that look like it."""

    label: str
    find: Callable


def matches(pattern):
    return lambda text, year: {match[0] for match in pattern.finditer(text)}


def student_numbers(text, year):
    """Numbers of one length, since a list of them is made by one system."""
    plain = NO_STUDENTS.sub(" ", text)
    fewest = SOME if STUDENTS.search(text) else MANY
    found = sorted(set(NUMBER.findall(plain)), key=lambda number: (len(number), number))
    lists = [set(numbers) for _, numbers in groupby(found, key=len)]
    return set().union(*(numbers for numbers in lists if len(numbers) >= fewest))


def birth_dates(text, year):
    """Dates on which somebody at school may be born; where the text speaks of birth, of anybody who lives."""
    ages = range(110) if BIRTH.search(text) else SCHOOL_AGE
    found = {match[0] for pattern in DATES for match in pattern.finditer(text) if year - _year_of(match) in ages}
    return found if len(found) >= SOME else set()


def _year_of(match):
    """That of the date; of what is none, one that nobody is born in."""
    month = match["month"].lower()[:3]
    month = MONTHS.index(month) + 1 if month in MONTHS else int(month)
    try:
        return parse_date(f"{match['year']}-{month:02}-{int(match['day']):02}").year
    except (AttributeError, ValueError):
        return 0


PATTERNS = [
    Sensitive("a social security number", matches(SECURITY_NUMBER)),
    Sensitive("a list of student numbers", student_numbers),
    Sensitive("a list of birth dates", birth_dates),
    Sensitive("a password", matches(PASSWORD)),
    Sensitive("a key or token", matches(KEY)),
]


def look_for_sensitive(text, year):
    """(what it looks like, the passages) of everything in the text that looks sensitive."""
    found = [(each.label, each.find(text, year)) for each in PATTERNS]
    return [(label, passages) for label, passages in found if passages]
