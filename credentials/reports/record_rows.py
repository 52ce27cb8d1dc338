"""The records of a district as lines of a file, which can be changed elsewhere and read back."""

from django.db.models import F, Func

from credentials.models import EDFI_ELEMENTS, CredentialField

# Who and which; then come the standard elements, and the keys of the types' own fields.
BELONGS_TO = "Belongs to"
WHO = ["Record", "Staff ID", "E-mail", "Last name", "First name", "School", "Type", BELONGS_TO]
SEPARATOR = "; "
BATCH_SIZE = 1000


class _Keys(Func):
    function = "jsonb_object_keys"
    set_returning = True


def own_keys(records):
    """Of the fields that any type has, and of the values that the records have besides."""
    asked = CredentialField.objects.filter(element="").values_list("key", flat=True)
    held = records.order_by().annotate(own=_Keys(F("extra"))).values_list("own", flat=True).distinct()
    return sorted({*asked, *held})


def header(keys):
    return [*WHO, *EDFI_ELEMENTS, *keys]


def lines(records, keys):
    """Each record as a list, read when it is asked for."""
    records = records.select_related("holder__school", "type", "parent").order_by("holder", "pk")
    for record in records.iterator(BATCH_SIZE):
        values = record.values
        yield [*who(record), *(text_of(values.get(name)) for name in [*EDFI_ELEMENTS, *keys])]


def who(record):
    holder = record.holder
    return [
        record.pk,
        holder.staff_identifier,
        holder.email or "",
        holder.last_name,
        holder.first_name,
        str(holder.school or ""),
        record.type.code,
        record.belongs_to,
    ]


def text_of(value):
    """A value as one text: several with semicolons between them."""
    if isinstance(value, list):
        return SEPARATOR.join(map(str, value))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(value)
