"""Rows of tables, drawn: the numbers of an SVG, which the table under it has too."""

from dataclasses import dataclass

from cases.models.ages import AGE_LABELS, AGES

# What a chart of lanes shows; its table has all.
MOST_LANES = 12


@dataclass(frozen=True)
class Columns:
    """Two columns for each step; ``highest`` is what the tallest one stands for."""

    steps: list
    highest: int


def trend(rows):
    """Of the table by date. Submitted and closed, side by side, in a box of which each step is ten wide."""
    highest = max([1, *(row[what] for row in rows for what in ("opened", "closed"))])
    steps = [
        {
            "first": (place * 10 + 1, _of(96, row["opened"], highest)),
            "second": (place * 10 + 5, _of(96, row["closed"], highest)),
        }
        for place, row in enumerate(rows)
    ]
    return Columns(steps, highest)


def lanes(rows, parts, whole):
    """(label, number, [(start, width, part)]) of each row, in a box 100 wide; ``parts`` are stacked."""
    highest = max([1, *(row[whole] for row in rows)])
    drawn = []
    for row in rows[:MOST_LANES]:
        start, stacked = 0, []
        for part in parts:
            width = _of(100, row[part], highest)
            stacked.append((start, width, part))
            start = round(start + width, 2)
        drawn.append((row["name"], row[whole], stacked))
    return drawn


def _of(size, number, highest):
    return round(size * number / highest, 2)


def ages(rows):
    """Of the table by status: how many open cases of each age."""
    found = [{"name": label, "open": sum(row[name] for row in rows)} for name, label in AGE_LABELS.items()]
    return lanes(found, ["open"], "open")


def ages_in_one(counted):
    """Of counts by age: one bar, 100 wide, of which each age is a part."""
    [(_, _, parts)] = lanes([{**counted, "name": "", "open": sum(counted.values())}], [*AGES], "open")
    return parts


def queues(rows):
    """Of the table by queue: what waits for Support and what for the district."""
    return lanes(rows, ["ours", "theirs"], "open")


def how_to_of_areas(rows):
    """Of the table of what comes up again: the how-to part of each area and kind."""
    found = [
        {
            "name": f"{row['name']}, {row['kind'].lower()}",
            "cases": row["cases"],
            "how_to": row["how_to"],
            "rest": row["cases"] - row["how_to"],
        }
        for row in rows
    ]
    return lanes(found, ["how_to", "rest"], "cases")
