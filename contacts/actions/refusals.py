from contextlib import contextmanager

from django.db import IntegrityError, transaction


class Refused(Exception):
    """What was asked for cannot be; the text is a sentence for the person who asked."""


@contextmanager
def explained(model):
    """Turn a refusal of the database into the sentence of its constraint: the net under two people at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as collision:
        raise Refused(_sentence(model, collision.__cause__.diag.constraint_name)) from collision


def _sentence(model, name):
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return str(constraint.violation_error_message)
    return "Someone else saved the same a moment ago. Load the page again to see how things stand."
