# Of a primary key; PostgreSQL refuses larger numbers.
MOST_DIGITS = 18


def is_key(text):
    """Whether a text that somebody sent, in an address or a file, may be the primary key of a row."""
    return text.isdecimal() and len(text) <= MOST_DIGITS
