from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils import timezone

from credentials.edfi.findings import Faulty


@contextmanager
def refusing(summary, kind, element):
    """A faulty element is left out with its reason; the rest goes on."""
    try:
        yield
    except Faulty as fault:
        summary.refuse(kind, element, f"{fault}.")


def required(element, path):
    if text := element.get(path):
        return text
    raise Faulty(f"the {element.tag} has no {path.rpartition('/')[2]}")


class Once:
    """Refuses the second element with the same number, and says where the first is."""

    def __init__(self):
        self.seen = {}

    def __call__(self, element, key, name):
        first = self.seen.setdefault(key, element)
        if first is not element:
            raise Faulty(f"{name} is given twice: first in {first.file}, line {first.line}")


class Batch:
    """Rows of one kind to create or update at once. What says the same already is not touched."""

    def __init__(self, model, kind, summary, stamp=""):
        self.model, self.kind, self.summary, self.stamp = model, kind, summary, stamp
        self.created, self.updated, self.fields = [], [], set()

    def put(self, row, **values):
        changed = {name for name, value in values.items() if getattr(row, name) != value}
        for name in changed:
            setattr(row, name, values[name])
        self._check(row, values)
        if row._state.adding:
            self.created.append(row)
        elif changed:
            self.updated.append(row)
            self.fields |= changed
        outcome = "created" if row._state.adding else "updated" if changed else "unchanged"
        self.summary.count(self.kind, outcome)
        return row

    def _check(self, row, values):
        """Lengths and shapes of what the file says; relations are known to exist."""
        try:
            row.clean_fields(exclude={field.name for field in row._meta.fields} - values.keys())
        except ValidationError as fault:
            name, (reason, *_) = next(iter(fault.message_dict.items()))
            raise Faulty(f"{name}: {reason.rstrip('.')}") from None

    def write(self):
        self.model.objects.bulk_create(self.created, batch_size=500)
        if not self.updated:
            return
        if self.stamp:
            self.fields.add(self.stamp)
            for row in self.updated:
                setattr(row, self.stamp, timezone.now())
        self.model.objects.bulk_update(self.updated, sorted(self.fields), batch_size=500)
