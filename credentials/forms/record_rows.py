"""The lines of a file of records, compared with what is on record."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from contacts.models import User
from contacts.models.keys import is_key
from contacts.reports.cells import harmless, typed
from credentials.actions.importing import rows_that_stand
from credentials.forms.fields import form_field_for
from credentials.forms.widgets import find
from credentials.models import (
    LIST_DATA_TYPES,
    CredentialRecord,
    CredentialType,
    DataType,
    Descriptor,
    Element,
    serialize_values,
)
from credentials.models.descriptors import vocabulary_of
from credentials.reports.record_rows import BELONGS_TO, SEPARATOR, text_of
from credentials.reports.record_rows import WHO as WHO_COLUMNS

OWN_RECORD = "Your own records do not change by a file. Request the change, and somebody else decides it."


class LineError(Exception):
    """Why a line cannot be read, as a sentence."""


@dataclass
class Row:
    """What a line would change: ``record`` is None for a new one, ``parent`` None where it says nothing new."""

    line: int
    record: CredentialRecord | None
    holder: User
    type: CredentialType
    before: dict
    values: dict
    parent: str | None = None
    changes: list = field(default_factory=list)

    @property
    def key(self):
        return self.record and self.record.pk


class Reader:
    """The lines of a file, and what the district has on record; each table is asked once."""

    def __init__(self, by, lines):
        self.by, self.lines = by, lines
        self.district = district = by.district
        keys = {int(key) for _, row in lines if is_key(key := (row.get("Record") or "").strip())}
        records = CredentialRecord.objects.filter(district=district, pk__in=keys)
        records = records.select_related("holder", "type", "parent").prefetch_related("type__fields")
        self.records = {str(record.pk): record for record in records}
        people = district.people.filter(is_active=True)
        self.by_staff_id = {person.staff_identifier: person for person in people.exclude(staff_identifier="")}
        self.by_email = {person.email: person for person in people.filter(email__isnull=False)}
        types = CredentialType.objects.prefetch_related("fields")
        self.types = {name.casefold(): type for type in types for name in (type.code, type.name)}
        self.offered, self.local = Descriptor.objects.offered(), Descriptor.objects.by_local_code()
        held = CredentialRecord.objects.filter(district=district).exclude(identifier="")
        self.identifiers = {
            (each[0], each[1]): each[2:] for each in held.values_list("identifier", "issuing_state", "pk", "holder")
        }
        self.seen = {}

    def read(self):
        """(rows that change something, how many change nothing, [(line number, problem)])"""
        rows, unchanged, problems = [], 0, []
        for number, cells in self.lines:
            try:
                row = self._row(number, cells)
            except LineError as error:
                problems.append((number, str(error)))
                continue
            if row.record and not row.changes:
                unchanged += 1
            else:
                rows.append(row)
        if not problems:
            named = Counter((holder, identifier) for (identifier, _), (_, holder) in self.identifiers.items())
            named.update((row.holder.pk, row.values.get(Element.IDENTIFIER)) for row in rows)
            problems = [(row.line, why) for row in rows if (why := self._no_parent(row, named))]
            problems += [(row.line, f"{row.holder} has this record already.") for row in rows_that_stand(rows)]
        return rows, unchanged, problems

    def _row(self, number, cells):
        if None in cells or None in cells.values():
            raise LineError("It has another number of cells than the first line.")
        record = self._record(cells)
        holder, type = self._holder(cells, record), self._type(cells, record)
        before = record.values if record else {}
        row = Row(number, record, holder, type, before, dict(before))
        fields = type.known_fields(self.district.state)
        for name, cell in cells.items():
            if name not in WHO_COLUMNS:
                self._read_value(row, name, cell, fields)
        row.values = serialize_values(row.values)
        self._read_parent(row, cells)
        if row.changes or not record:
            if holder == self.by:
                raise LineError(OWN_RECORD)
            self._check(row)
        if not record and not row.values:
            raise LineError("A new record says something.")
        return row

    def _record(self, cells):
        key = (cells.get("Record") or "").strip()
        if not key:
            return None
        if key not in self.records:
            raise LineError(f"Your district has no record {key[:20]}.")
        if key in self.seen:
            raise LineError(f"Record {key} stands in two lines.")
        self.seen[key] = True
        return self.records[key]

    def _holder(self, cells, record):
        staff_id, email = ((cells.get(name) or "").strip() for name in ("Staff ID", "E-mail"))
        staff_id = typed(staff_id)
        named = self.by_staff_id.get(staff_id) if staff_id else self.by_email.get(typed(email).lower())
        if record:
            said = (staff_id or record.holder.staff_identifier, typed(email).lower() or record.holder.email)
            if said != (record.holder.staff_identifier, record.holder.email):
                raise LineError("A record stays with the person who holds it.")
            return record.holder
        if not named:
            raise LineError("No person of your district has this staff ID or e-mail address.")
        return named

    def _type(self, cells, record):
        said = typed((cells.get("Type") or "").strip())
        type = self.types.get(said.casefold())
        if said and not type:
            raise LineError(f"There is no Credential Type “{said[:50]}”.")
        if record:
            if type and type != record.type:
                raise LineError("The type of a record does not change.")
            return record.type
        if not type:
            raise LineError("Name the Credential Type of the new record.")
        return type

    def _read_value(self, row, name, cell, fields):
        held = row.before.get(name)
        # What stands there as it was exported is no change, whatever it is.
        exported = text_of(held).replace("\r\n", "\n")
        if cell in (exported, harmless(exported)):
            return
        if name not in fields:
            if not cell.strip():
                return
            raise LineError(f"{row.type} has no field “{name[:40]}”.")
        asked, text = fields[name], typed(cell).strip()
        try:
            value = form_field_for(asked, self.offered, held).clean(self._meant(asked, text, held))
        except ValidationError as error:
            raise LineError(f"{asked}: {' '.join(error.messages)}") from None
        said = serialize_values({name: value})
        if said != serialize_values({name: held}):
            row.values.pop(name, None)
            row.values |= said
            row.changes.append((str(asked), text_of(held), text_of(said.get(name))))

    def _meant(self, asked, text, held):
        """The text as its form field takes it: several apart, and codes as what they stand for."""
        vocabulary = vocabulary_of(asked)
        if asked.asks_for in LIST_DATA_TYPES:
            parts = [part.strip() for part in text.split(SEPARATOR.strip())]
            return [self.local.get((vocabulary, part), part) for part in parts if part]
        if asked.asks_for == DataType.YES_NO:
            return {"yes": "True", "no": "False"}.get(text.casefold(), text)
        if asked.asks_for == DataType.STATE and text:
            choices = form_field_for(asked, self.offered, held).choices
            return find(text, [choice for choice in choices if choice[0]]) or text
        return self.local.get((vocabulary, text), text)

    def _read_parent(self, row, cells):
        if BELONGS_TO not in cells:
            return
        held, said = row.record.belongs_to if row.record else "", typed(cells[BELONGS_TO].strip())
        if said != held:
            row.parent = said
            row.changes.append((BELONGS_TO, held, said))

    def _no_parent(self, row, named):
        """Why there is no record of the same holder that it could belong to, or None.

        ``named`` counts the records that a holder has by an identifier, and the lines that say so, this one too.
        """
        if not row.parent:
            return None
        if row.parent.startswith("#"):
            key = row.parent[1:]
            found = is_key(key) and row.holder.credential_records.filter(pk=key).exists()
        else:
            says_it_itself = row.values.get(Element.IDENTIFIER) == row.parent
            found = named[row.holder.pk, row.parent] > says_it_itself
        return None if found else f"{row.holder} has no record “{row.parent[:60]}” to which this could belong."

    def _check(self, row):
        """What the database would refuse."""
        probe = CredentialRecord(district=self.district, holder=row.holder, type=row.type)
        probe.values = row.values
        try:
            probe.clean_fields(exclude={each.name for each in probe._meta.fields} - {*Element.values})
        except ValidationError as error:
            raise LineError(" ".join(error.messages)) from None
        starts = [(probe.issued_on, "was issued"), (probe.effective_on, "takes effect")]
        for start, words in starts:
            if start and probe.expires_on and probe.expires_on < start:
                raise LineError(f"The credential would expire before it {words}.")
        identity = (probe.identifier, probe.issuing_state)
        owner = self.identifiers.get(identity, (None,))[0]
        if probe.identifier and (owner not in (None, row.key) or self.seen.setdefault(identity, row.line) != row.line):
            raise LineError("Another record of your district has this identifier and state.")
