"""Cells of files that people open in a spreadsheet."""

# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value):
    """Numbers as they are; a text that a spreadsheet would run gets an apostrophe, which spreadsheets do not show."""
    is_formula = isinstance(value, str) and value.lstrip(" ").startswith(FORMULA)
    return f"'{value}" if is_formula else value


def typed(text):
    """What somebody meant by a cell that went through ``harmless``."""
    meant = text.removeprefix("'")
    return meant if harmless(meant) == text else text
