from collections import defaultdict

from django.utils.formats import date_format

from credentials.edfi.interchange import (
    Readings,
    RowError,
    code_value,
    credential_keys,
    kind_of,
    parse_date,
    unless_spaced,
)
from credentials.edfi.parser import CREDENTIAL_IDENTITY, single_line
from credentials.edfi.upsert import BulkUpsert, DuplicateCheck, refuse_on_error, required
from credentials.models import CredentialRecord, CredentialType, Vocabulary
from credentials.models.vocabularies import STATES

# The portal's credential type for each code value of Ed-Fi's CredentialTypeDescriptor.
TYPE_CODES = {
    "Certification": "LC",
    "Endorsement": "LC",
    "Licensure": "LC",
    "Registration": "LC",
    "High School Diploma": "ED",
    "High School Diploma Distinction": "ED",
}
DEFAULT_TYPE_CODE = "OT"
# The portal's forms take 5,000 characters in a long text and 300 in any other field of a type.
MAX_LENGTHS = {"endorsements": 5000}
DEFAULT_MAX_LENGTH = 300


def load_credentials(interchange, district, staff, summary):
    """Import the credentials of ``staff``, the result of load_staff()."""
    holders = _holders(staff, summary)
    types = {type.code: type for type in CredentialType.objects.all()}
    existing = _existing_records(interchange, district, staff)
    upsert = BulkUpsert(CredentialRecord, "credentials", summary, timestamp_field="updated_at")
    check_duplicate, readings = DuplicateCheck(), Readings()
    for element in interchange.credentials:
        with refuse_on_error(summary, "credentials", element):
            key = _key(element)
            check_duplicate(element, key, f"credential {_label(key)}")
            holder = _only_holder(key, holders.pop(key, []))
            record = existing.get(key) or CredentialRecord(district=district, holder=holder)
            type = _type(element, record, types)
            if not type:
                raise RowError(f"the portal no longer has a type for credential {_label(key)}")
            if record.holder_id != holder.pk:
                raise RowError(f"the portal lists credential {_label(key)} under another person")
            upsert.add(record, type_id=type.pk, **_values(element, key, record, readings))
    upsert.save()
    _refuse_missing_credentials(holders, existing, summary)


def _holders(staff, summary):
    """The (Staff element, person or None) pairs that refer to each credential, by credential key."""
    holders = defaultdict(list)
    for element, person in staff:
        with refuse_on_error(summary, "credentials", element):
            for key in credential_keys(element):
                holders[key].append((element, person))
    return holders


def _only_holder(key, holders):
    staff_ids = sorted({element.get("StaffUniqueId") for element, _ in holders})
    if not holders:
        raise RowError(f"no staff member holds credential {_label(key)}")
    if len(staff_ids) > 1:
        raise RowError(f"more than one staff member holds credential {_label(key)}: {', '.join(staff_ids)}")
    # A StaffUniqueId that is listed twice is refused the second time.
    _, person = holders[0]
    if not person:
        raise RowError(f"credential {_label(key)} belongs to staff member {staff_ids[0]}, who was refused")
    return person


def _existing_records(interchange, district, staff):
    identifiers = {element.get("CredentialIdentifier") for element in interchange.credentials}
    for element, _ in staff:
        identifiers.update(element.all(CREDENTIAL_IDENTITY + "CredentialIdentifier"))
    records = CredentialRecord.objects.filter(district=district, identifier__in=identifiers)
    locked = records.select_for_update(of=("self",)).select_related("type").order_by("pk")
    return {(record.identifier, record.issuing_state): record for record in locked}


def _key(element):
    """Ed-Fi identifies a credential by its identifier and the state that issued it."""
    identifier = required(element, "CredentialIdentifier")
    state = code_value(required(element, "StateOfIssueStateAbbreviation"))
    if state not in STATES:
        raise RowError(f"the issuing state of credential {identifier}, “{state[:20]}”, is not a state abbreviation")
    return identifier, state


def _label(key):
    return f"{key[0]} ({key[1]})"


def _type(element, record, types):
    """The type follows what the file calls the credential, where that is news."""
    kind = code_value(element.get("CredentialType"))
    if record.type_id and kind == kind_of(record):
        return record.type
    return types.get(TYPE_CODES.get(kind, DEFAULT_TYPE_CODE))


def _values(element, key, record, readings):
    """The record's new values. A value that the file leaves out stays as it is."""
    required(element, "CredentialType")
    required(element, "IssuanceDate")
    values = {
        "issued_on": parse_date(element, "IssuanceDate"),
        "effective_on": parse_date(element, "EffectiveDate") or record.effective_on,
        "expires_on": parse_date(element, "ExpirationDate") or record.expires_on,
        "field": readings.value(Vocabulary.CREDENTIAL_FIELD, element.get("CredentialField")) or record.field,
        "subjects": readings.values(Vocabulary.SUBJECT, element.all("AcademicSubject")) or record.subjects,
        "grade_levels": readings.values(Vocabulary.GRADE_LEVEL, element.all("GradeLevel")) or record.grade_levels,
    }
    for name in ("field", "subjects", "grade_levels"):
        values[name] = unless_spaced(getattr(record, name), values[name])
    expires_on = values["expires_on"]
    for name, event in [("issued_on", "was issued"), ("effective_on", "takes effect")]:
        if expires_on and values[name] and expires_on < values[name]:
            dates = f"{date_format(expires_on)}, before it {event} on {date_format(values[name])}"
            raise RowError(f"credential {_label(key)} expires on {dates}")
    extra = {**record.extra, **_news(_extra_values(element), record)}
    return {"identifier": key[0], "issuing_state": key[1], "extra": extra, **values}


def _news(values, record):
    """The type's own values, without what the record says already in other words or lines."""
    if record.type_id and values.get("credential_type") == kind_of(record):
        del values["credential_type"]
    held = {name: text for name, text in record.extra.items() if isinstance(text, str)}
    return {
        name: held[name] if name in held and _lines(held[name]) == _lines(text) else text
        for name, text in values.items()
    }


def _lines(text):
    return [line for line in map(single_line, text.splitlines()) if line]


def _extra_values(element):
    values = {
        "credential_type": code_value(element.get("CredentialType")),
        "teaching_credential": code_value(element.get("TeachingCredential")),
        "teaching_credential_basis": code_value(element.get("TeachingCredentialBasis")),
        "endorsements": "\n".join(element.all("CredentialEndorsement")),
    }
    for name, value in values.items():
        max_length = MAX_LENGTHS.get(name, DEFAULT_MAX_LENGTH)
        if len(value) > max_length:
            label = name.replace("_", " ")
            raise RowError(f"{label}: {len(value):,} characters, but at most {max_length:,} are allowed")
    return {name: value for name, value in values.items() if value}


def _refuse_missing_credentials(holders, existing, summary):
    """Report references to credentials that are neither in the files nor in the portal."""
    for key, references in holders.items():
        for element, person in references:
            if person and key not in existing:
                staff_id = element.get("StaffUniqueId")
                message = f"staff member {staff_id} holds credential {_label(key)}, which is not in these files."
                summary.refuse("credentials", element, message)
