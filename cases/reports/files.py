"""Tables of reports as lines of a file: numbers as numbers, so that a spreadsheet goes on counting with them."""

SPREAD = ["median", "90th percentile"]


def header(table):
    return [label for column in table.columns for label in _labels(column)]


def lines(table, zone):
    """Each row as a list, read when it is asked for; ``zone`` is where moments are shown."""
    for row in table.rows(None):
        yield [value for column in table.columns for value in _values(column, row[column.name], zone)]


def _labels(column):
    if column.kind == "spread":
        return [f"{column.label} in business hours, {which}" for which in SPREAD]
    unit = {"share": ", percent", "seconds": ", hours"}.get(column.kind, "")
    return [f"{column.label}{unit}"]


def _values(column, value, zone):
    if column.kind == "spread":
        return [_hours(each) for each in value or (None, None)]
    if value is None:
        return [""]
    if column.kind == "seconds":
        return [_hours(value)]
    if column.kind == "share":
        return [round(value * 100, 1)]
    return [value.astimezone(zone).isoformat(sep=" ", timespec="minutes") if column.kind == "moment" else value]


def _hours(seconds):
    return "" if seconds is None else round(seconds / 3600, 2)
