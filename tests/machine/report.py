"""The counts, as a table of statuses."""

from collections import Counter

from tests.machine.known import DONE, MISSING, NOTHING, REFUSED, ROLE, STATUSES
from tests.machine.oracle import triples

COLUMNS = [DONE, NOTHING, REFUSED, ROLE, MISSING]


def missing(ledger):
    """The (status, verb, role, what must come of it) that were not seen."""
    wanted = {(*triple, result) for triple, results in triples() for result in results}
    return sorted(wanted - ledger.seen.keys())


def table(ledger):
    wanted, reached, times = Counter(), Counter(), Counter()
    for (status, verb, role), results in dict(triples()).items():
        for result in results:
            seen = ledger.seen[status, verb, role, result]
            wanted[status, result] += 1
            reached[status, result] += bool(seen)
            times[status, result] += seen
    lines = ["", f"{'':<20}" + "".join(f"{column:>24}" for column in COLUMNS)]
    for status in STATUSES:
        cells = [f"{reached[status, c]}/{wanted[status, c]} ({times[status, c]:,} times)" for c in COLUMNS]
        lines.append(f"{status:<20}" + "".join(f"{cell:>24}" for cell in cells))
    lines.append(f"{sum(reached.values()):,} of {sum(wanted.values()):,} reached, by {sum(times.values()):,} attempts")
    return "\n".join(lines)
