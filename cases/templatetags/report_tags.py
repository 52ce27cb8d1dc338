"""How the numbers of reports look."""

from django import template

register = template.Library()


@register.filter
def value_of(row, column):
    return row[column.name]


@register.filter
def hours(seconds):
    """``3 h 20 min``, short enough to stand in a table; of many hours the minutes say nothing."""
    minutes = round(seconds / 60)
    if minutes >= 600:
        return f"{round(minutes / 60):,} h"
    parts = [(minutes // 60, "h"), (minutes % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


@register.filter
def percent(share):
    return f"{share * 100:.1f}%".replace(".0%", "%")


@register.filter
def listed(words):
    return words.split(", ") if words else []


@register.filter
def out_of(value, highest):
    """The width of a bar, in percent."""
    return round(100 * (value or 0) / highest) if highest else 0
