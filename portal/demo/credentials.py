from datetime import timedelta

from django.utils import timezone

from contacts.models import User
from credentials.models import CredentialRecord, CredentialRequest, CredentialType

SUBJECTS = ["Science", "Mathematics", "English Language Arts", "Social Studies", "Reading"]
UNIVERSITIES = ["Lakewood State University", "Hollis College", "University of the Prairies"]


def add_credentials():
    """Records of every type for the staff of both districts, and requests in every state."""
    types = {type.code: type for type in CredentialType.objects.all()}
    staff = (
        User.objects.filter(district__isnull=False, title__contains="eacher").select_related("district").order_by("pk")
    )
    records = [record for number, holder in enumerate(staff) for record in records_of(holder, number, types)]
    CredentialRecord.objects.bulk_create(records)
    for domain, state in [("demo.example", "MN"), ("other.example", "OH")]:
        add_requests(types, state, *people_of(domain))


def people_of(domain):
    named = {person.email.partition("@")[0]: person for person in User.objects.filter(email__endswith=f"@{domain}")}
    return named["teacher"], named["coach"], named["approver"]


def records_of(holder, number, types):
    today = timezone.localdate()
    state = "MN" if holder.district.slug == "demo" else "OH"
    subject = SUBJECTS[number % len(SUBJECTS)]

    def record(code, **values):
        return CredentialRecord(district=holder.district, holder=holder, type=types[code], **values)

    issued = today - timedelta(days=1700)
    yield record(
        "LC",
        identifier=f"DEMO-{204117 + number * 31}",
        issuing_state=state,
        issued_on=issued,
        effective_on=issued,
        # One expires soon, one has expired, the others are valid for years.
        expires_on=today + timedelta(days={0: 120, 3: -20}.get(number, 500 + 40 * number)),
        field="Life and Physical Sciences" if subject == "Science" else "Generalist",
        subjects=[subject],
        grade_levels=["Seventh grade", "Eighth grade", "Ninth grade"],
        extra={"credential_type": "Licensure", "teaching_credential": "Professional"},
    )
    yield record(
        "ED",
        issued_on=today - timedelta(days=2000 + 90 * number),
        extra={
            "education_level": "Master's Degree" if number % 2 == 0 else "Bachelor's Degree",
            "institution": UNIVERSITIES[number % len(UNIVERSITIES)],
        },
    )
    if number % 3 == 0:
        yield record(
            "HQ",
            effective_on=issued,
            subjects=[subject],
            extra={"subject_type": "Core Academic Subject Area", "met_housse": True},
        )
    if number % 4 == 0:
        yield record("OT", issued_on=today - timedelta(days=300), extra={"title": "First aid"})


def add_requests(types, state, teacher, coach, approver):
    today, now = timezone.localdate(), timezone.now()
    degree = teacher.credential_records.get(type=types["ED"])

    def request(requester, code, brief_description, proposed, *, days, record=None, **decision):
        CredentialRequest.objects.create(
            district=requester.district,
            requester=requester,
            type=types[code],
            record=record,
            is_new=not record or ("status" in decision and decision["status"] == "approved"),
            brief_description=brief_description,
            original=record.values if record and not decision else {},
            proposed=proposed,
            labels=types[code].labels,
            submitted_at=now - timedelta(days=days),
            **decision,
        )

    decided = {"decided_at": now - timedelta(days=2), "decided_by": approver}
    request(
        teacher,
        "ED",
        "Summer workshop on laboratory safety",
        {"education_level": "Some College No Degree", "issued_on": str(today - timedelta(days=90))},
        days=5,
        status="denied",
        comment="A workshop is not a degree. Ask for a record of type Other.",
        **decided,
    )
    request(
        teacher,
        "ED",
        "My master's degree",
        degree.values,
        days=400,
        record=degree,
        status="approved",
        **decided | {"decided_at": now - timedelta(days=396)},
    )
    request(
        coach,
        "LC",
        "Library media specialist license",
        {
            "identifier": f"DEMO-3105{len(state)}{teacher.pk}",
            "issuing_state": state,
            "issued_on": str(today - timedelta(days=14)),
            "expires_on": str(today + timedelta(days=1811)),
        },
        days=1,
    )
    request(
        coach,
        "OT",
        "First aid refresher",
        {"title": "First aid", "issued_on": str(today - timedelta(days=40))},
        days=30,
        status="withdrawn",
        withdrawn_at=now - timedelta(days=29),
    )
    colleague = User.objects.filter(district=teacher.district, title__contains="eacher").exclude(pk=teacher.pk)[0]
    renewed = colleague.credential_records.get(type=types["LC"])
    proposed = renewed.values | {"expires_on": str(today + timedelta(days=1900))}
    request(colleague, "LC", "My license was renewed", proposed, days=3, record=renewed)
