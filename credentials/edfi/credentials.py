from collections import defaultdict

from credentials.edfi.batch import Batch, Once, refusing, required
from credentials.edfi.findings import Faulty, day, descriptor, held_credentials
from credentials.models import CredentialRecord, CredentialType
from credentials.models.vocabularies import STATES

# Ed-Fi's credential types, and the code of the portal's type that asks for their fields.
TYPE_CODES = {
    "Certification": "LC",
    "Endorsement": "LC",
    "Licensure": "LC",
    "Registration": "LC",
    "High School Diploma": "ED",
    "High School Diploma Distinction": "ED",
}
EVERY_OTHER_TYPE = "OT"
# As the portal's own editors have it: 300 characters, but for the long text.
LONGEST_OWN = {"endorsements": 5000}


def load_credentials(findings, staff, summary):
    """Credentials on their holders, who were loaded before: ``staff`` is what load_staff gave."""
    holders = _holders(staff, summary)
    types = {type.code: type for type in CredentialType.objects.all()}
    known = _known_records(findings, staff)
    batch, once = Batch(CredentialRecord, "credentials", summary, stamp="updated_at"), Once()
    for element in findings.credentials:
        with refusing(summary, "credentials", element):
            key = _key(element)
            once(element, key, f"credential {_name(key)}")
            holder = _only_holder(key, holders.pop(key, []))
            type = types.get(TYPE_CODES.get(descriptor(element.get("CredentialType")), EVERY_OTHER_TYPE))
            if not type:
                raise Faulty(f"credential {_name(key)} has a type that the portal does not know any more")
            record = known.get((holder.district_id, *key)) or CredentialRecord(
                district_id=holder.district_id, holder=holder
            )
            if record.holder_id != holder.pk:
                raise Faulty(f"credential {_name(key)} is on record for another person")
            batch.put(record, type_id=type.pk, **_values(element, key, record))
    batch.write()
    _refuse_unknown(holders, known, summary)


def _holders(staff, summary):
    """Who says to hold each credential: its (identifier, state), and a list of (Staff element, person or None)."""
    holders = defaultdict(list)
    for element, person in staff:
        with refusing(summary, "credentials", element):
            for key in held_credentials(element):
                holders[key].append((element, person))
    return holders


def _only_holder(key, claims):
    numbers = sorted({element.get("StaffUniqueId") for element, _ in claims})
    if not claims:
        raise Faulty(f"credential {_name(key)} is held by nobody")
    if len(numbers) > 1:
        raise Faulty(f"credential {_name(key)} is held by several people: {', '.join(numbers)}")
    person = next((person for _, person in claims if person), None)
    if not person:
        raise Faulty(f"credential {_name(key)} is held by person {numbers[0]}, who was refused")
    return person


def _known_records(findings, staff):
    districts = {person.district_id for _, person in staff if person}
    identifiers = [element.get("CredentialIdentifier") for element in findings.credentials]
    identifiers += [identifier for element, _ in staff for identifier in element.all(_REFERENCE)]
    records = CredentialRecord.objects.filter(district__in=districts, identifier__in=identifiers)
    locked = records.select_for_update(of=("self",)).order_by("pk")
    return {(record.district_id, record.identifier, record.issuing_state): record for record in locked}


_REFERENCE = "CredentialReference/CredentialIdentity/CredentialIdentifier"


def _key(element):
    identifier = required(element, "CredentialIdentifier")
    state = descriptor(required(element, "StateOfIssueStateAbbreviation"))
    if state not in STATES:
        raise Faulty(f"credential {identifier} was issued by “{state[:20]}”, which is no state")
    return identifier, state


def _name(key):
    return f"{key[0]} ({key[1]})"


def _values(element, key, record):
    """What the record shall say. What the file leaves out stays as it is."""
    required(element, "CredentialType")
    required(element, "IssuanceDate")
    said = {
        "issued_on": day(element, "IssuanceDate"),
        "effective_on": day(element, "EffectiveDate") or record.effective_on,
        "expires_on": day(element, "ExpirationDate") or record.expires_on,
        "field": descriptor(element.get("CredentialField")) or record.field,
        "subjects": list(map(descriptor, element.all("AcademicSubject"))) or record.subjects,
        "grade_levels": list(map(descriptor, element.all("GradeLevel"))) or record.grade_levels,
    }
    for name, words in [("issued_on", "was issued"), ("effective_on", "takes effect")]:
        if said["expires_on"] and said[name] and said["expires_on"] < said[name]:
            raise Faulty(f"credential {_name(key)} expires on {said['expires_on']}, before it {words} on {said[name]}")
    extra = {**record.extra, **_own_fields(element)}
    return {"identifier": key[0], "issuing_state": key[1], "extra": extra, **said}


def _own_fields(element):
    own = {
        "credential_type": descriptor(element.get("CredentialType")),
        "teaching_credential": descriptor(element.get("TeachingCredential")),
        "teaching_credential_basis": descriptor(element.get("TeachingCredentialBasis")),
        "endorsements": "\n".join(element.all("CredentialEndorsement")),
    }
    for name, text in own.items():
        if len(text) > LONGEST_OWN.get(name, 300):
            raise Faulty(f"{name.replace('_', ' ')}: {len(text):,} characters are too many")
    return {name: text for name, text in own.items() if text}


def _refuse_unknown(holders, known, summary):
    """What people hold by their own element, but no element and no record of the portal describes."""
    for key, claims in holders.items():
        for element, person in claims:
            if person and (person.district_id, *key) not in known:
                number = element.get("StaffUniqueId")
                reason = f"person {number} holds credential {_name(key)}, which is not in these files."
                summary.refuse("credentials", element, reason)
