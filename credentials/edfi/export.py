"""Writes the credentials of a district as an Ed-Fi 5.2 interchange, which the import reads back as it was."""

from xml.sax.saxutils import escape

from credentials.edfi.interchange import kind_of
from credentials.edfi.parser import single_line
from credentials.models import Descriptor, Vocabulary
from credentials.models.vocabularies import STATES

NAMESPACE = "http://ed-fi.org/5.2.0"
OWN_NAMESPACE = "uri://ed-fi.org"
BATCH_SIZE = 1000
# The most characters that the schema has room for.
MOST_OF_A_STAFF_NUMBER, MOST_OF_A_NAME, MOST_OF_A_TEXT = 32, 75, 255


def can_be_written(record):
    """Ed-Fi asks for a number, a state, a date of issue and a holder with a staff number and both names."""
    holder = record.holder
    texts = [record.identifier, holder.staff_identifier]
    return (
        all(text and text == single_line(text) for text in texts)
        and len(holder.staff_identifier) <= MOST_OF_A_STAFF_NUMBER
        and record.issuing_state in STATES
        and record.issued_on is not None
        and all(0 < len(single_line(name)) <= MOST_OF_A_NAME for name in (holder.first_name, holder.last_name))
        and all(len(text) <= MOST_OF_A_TEXT for text in _texts_of(record))
    )


def _texts_of(record):
    """What is as long as somebody typed it."""
    extra = _extra(record)
    yield from extra.get("endorsements", "").splitlines()
    yield Vocabulary.CREDENTIAL_TYPE.uri(kind_of(record))
    yield Vocabulary.TEACHING_CREDENTIAL.uri(extra.get("teaching_credential", ""))
    yield Vocabulary.TEACHING_CREDENTIAL_BASIS.uri(extra.get("teaching_credential_basis", ""))


def _extra(record):
    return {name: text for name, text in record.extra.items() if isinstance(text, str)}


def has_lines(records):
    return any(map(can_be_written, records.select_related("holder", "type").iterator(BATCH_SIZE)))


def lines_of(records):
    """The file, line by line; ``records`` is a queryset. What Ed-Fi has no place for is left out."""
    uris = {(row.vocabulary, row.code_value): row.uri for row in Descriptor.objects.all()}
    records = records.select_related("holder", "type").order_by("holder", "pk")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<InterchangeStaffAssociation xmlns="{NAMESPACE}">\n'
    holder, held = None, []
    for record in filter(can_be_written, records.iterator(BATCH_SIZE)):
        if holder and record.holder_id != holder.pk:
            yield _staff(holder, held)
            held = []
        holder = record.holder
        held.append((record.identifier, record.issuing_state))
        yield _credential(record, uris)
    if holder:
        yield _staff(holder, held)
    yield "</InterchangeStaffAssociation>\n"


def _credential(record, uris):
    """In the order of the schema."""
    extra, uri = _extra(record), _uris(uris)
    return _element(
        "Credential",
        _text("EffectiveDate", record.effective_on),
        *(_text("CredentialEndorsement", line) for line in extra.get("endorsements", "").splitlines()),
        _text("ExpirationDate", record.expires_on),
        _text("CredentialField", uri(Vocabulary.CREDENTIAL_FIELD, record.field)),
        _text("CredentialIdentifier", record.identifier),
        _text("IssuanceDate", record.issued_on),
        _text("CredentialType", uri(Vocabulary.CREDENTIAL_TYPE, kind_of(record))),
        *(_text("GradeLevel", uri(Vocabulary.GRADE_LEVEL, level)) for level in record.grade_levels),
        _text("StateOfIssueStateAbbreviation", uri(Vocabulary.STATE, record.issuing_state)),
        _text("TeachingCredential", uri(Vocabulary.TEACHING_CREDENTIAL, extra.get("teaching_credential"))),
        _text(
            "TeachingCredentialBasis", uri(Vocabulary.TEACHING_CREDENTIAL_BASIS, extra.get("teaching_credential_basis"))
        ),
        *(_text("AcademicSubject", uri(Vocabulary.SUBJECT, subject)) for subject in record.subjects),
        _text("Namespace", OWN_NAMESPACE),
    )


def _staff(holder, held):
    references = [
        _element(
            "CredentialReference",
            _element(
                "CredentialIdentity",
                _text("CredentialIdentifier", identifier),
                _text("StateOfIssueStateAbbreviation", Vocabulary.STATE.uri(state)),
            ),
        )
        for identifier, state in held
    ]
    name = _element("Name", _text("FirstName", holder.first_name), _text("LastSurname", holder.last_name))
    return _element("Staff", _text("StaffUniqueId", holder.staff_identifier), name, *references)


def _uris(uris):
    def uri(vocabulary, value):
        return value and (uris.get((vocabulary, value)) or vocabulary.uri(value))

    return uri


def _element(name, *parts):
    return f"<{name}>\n{''.join(parts)}</{name}>\n"


def _text(name, value):
    text = single_line(str(value or ""))
    return f"<{name}>{escape(text)}</{name}>\n" if text else ""
