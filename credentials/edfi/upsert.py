from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils import timezone

from credentials.edfi.interchange import RowError

BATCH_SIZE = 500


@contextmanager
def refuse_on_error(summary, kind, element):
    """Leave out an element that has an error, report it, and go on with the next."""
    try:
        yield
    except RowError as error:
        summary.refuse(kind, element, f"{error}.")


def required(element, path):
    if value := element.get(path):
        return value
    raise RowError(f"{element.tag} has no {path.rpartition('/')[2]}")


class DuplicateCheck:
    """Refuses an element whose key was used before, and says where."""

    def __init__(self):
        self.first = {}

    def __call__(self, element, key, label):
        first = self.first.setdefault(key, element)
        if first is not element:
            raise RowError(f"{label} is already listed in {first.file}, line {first.line}")


class BulkUpsert:
    """Creates and updates rows of one model in a few queries. Rows that need no change are left alone."""

    def __init__(self, model, kind, summary, timestamp_field=""):
        self.model, self.kind, self.summary, self.timestamp_field = model, kind, summary, timestamp_field
        self.to_create, self.to_update, self.changed_fields = [], [], set()

    def add(self, row, **values):
        changed = {name for name, value in values.items() if getattr(row, name) != value}
        for name in changed:
            setattr(row, name, values[name])
        self._validate(row, values)
        if row._state.adding:
            outcome = "created"
            self.to_create.append(row)
        elif changed:
            outcome = "updated"
            self.to_update.append(row)
            self.changed_fields |= changed
        else:
            outcome = "unchanged"
        self.summary.count(self.kind, outcome)
        return row

    def _validate(self, row, values):
        """Validate the values from the file. The foreign keys are rows that were just read or created."""
        try:
            row.clean_fields(exclude={field.name for field in row._meta.fields} - values.keys())
        except ValidationError as error:
            name, (message, *_) = next(iter(error.message_dict.items()))
            raise RowError(f"{name.replace('_', ' ')}: {message.rstrip('.')}") from None

    def save(self):
        self.model.objects.bulk_create(self.to_create, batch_size=BATCH_SIZE)
        if not self.to_update:
            return
        # bulk_update() does not set auto_now fields.
        if self.timestamp_field:
            self.changed_fields.add(self.timestamp_field)
            for row in self.to_update:
                setattr(row, self.timestamp_field, timezone.now())
        self.model.objects.bulk_update(self.to_update, sorted(self.changed_fields), batch_size=BATCH_SIZE)
