from collections import Counter
from typing import NamedTuple

from django.utils.text import Truncator

# Assignments say where people work; they are kept on the person, so they are only ever refused.
KINDS = ["districts", "schools", "staff", "assignments", "credentials"]


# A reason may quote what is faulty because it is far too long.
LONGEST_REMARK = 300


class Remark(NamedTuple):
    """Something about an element: why it was left out, or what of it was not taken."""

    file: str
    line: int
    reason: str

    def __str__(self):
        return f"{self.file}, line {self.line}: {Truncator(self.reason).chars(LONGEST_REMARK)}"


class Summary:
    """What an import did: ``counts[kind][outcome]``, each refusal, and notes on what else was not taken."""

    def __init__(self):
        self.counts = {kind: Counter() for kind in KINDS}
        self.refusals, self.notes = [], []
        # Of the people in these files: who can be invited now, and who needs an e-mail address first.
        self.to_invite = self.without_address = 0

    def count(self, kind, outcome):
        self.counts[kind][outcome] += 1

    def refuse(self, kind, element, reason):
        self.count(kind, "refused")
        self.refusals.append(Remark(element.file, element.line, reason))

    def note(self, element, text):
        self.notes.append(Remark(element.file, element.line, text))

    @property
    def changed(self):
        return sum(counts["created"] + counts["updated"] for counts in self.counts.values())
