from collections import Counter
from typing import NamedTuple

from django.utils.text import Truncator

# Assignments are stored on the person, so they are never created or updated themselves, only refused.
KINDS = ["districts", "schools", "staff", "assignments", "credentials", "courses"]
# A message may quote a value that is wrong because it is far too long.
MAX_MESSAGE_LENGTH = 300


class ImportIssue(NamedTuple):
    """Why an element was left out, or which part of it was ignored."""

    file: str
    line: int
    message: str

    def __str__(self):
        return f"{self.file}, line {self.line}: {Truncator(self.message).chars(MAX_MESSAGE_LENGTH)}"


class Summary:
    """What an import did: ``counts[kind][outcome]``, the refused elements, and notes about ignored values."""

    def __init__(self):
        self.counts = {kind: Counter() for kind in KINDS}
        self.refusals, self.notes = [], []
        # People in these files who have not been invited: those who can be, and those who need an e-mail address.
        self.to_invite = self.without_email = 0

    def count(self, kind, outcome):
        self.counts[kind][outcome] += 1

    def refuse(self, kind, element, message):
        self.count(kind, "refused")
        self.refusals.append(ImportIssue(element.file, element.line, message))

    def note(self, element, message):
        self.notes.append(ImportIssue(element.file, element.line, message))

    @property
    def changed(self):
        return any(counts["created"] or counts["updated"] for counts in self.counts.values())
