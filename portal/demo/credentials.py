from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from contacts.models import District, Role, User
from credentials import actions
from credentials.models import CredentialRecord, CredentialRequest, CredentialType, Way
from portal.demo.people import designate

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
    CredentialRecord.objects.bulk_create(
        map(endorsement_of, (each for each in records[:5] if each.type == types["LC"]))
    )
    for domain, state, arrange in [("demo.example", "MN", share_approvals), ("other.example", "OH", limit_requests)]:
        people = {each.email.partition("@")[0]: each for each in User.objects.filter(email__endswith=f"@{domain}")}
        arrange(types, people)
        add_requests(types, state, *(people[name] for name in ("teacher", "coach", "approver")))


def share_approvals(types, people):
    """A principal decides for her own school, and next month for a week in place of the district's approver."""
    principal, next_month = people["v.sandoval"], timezone.localdate() + timedelta(days=30)
    designate(principal, Role.CREDENTIAL_APPROVER, days=5, school=principal.school)
    actions.choose_ways({types["HQ"]: Way.TWO}, by=people["administrator"])
    actions.delegate(principal, by=people["approver"], first_day=next_month, last_day=next_month + timedelta(days=6))


def limit_requests(types, people):
    """One school, a position and a person may request changes, and nobody else."""
    district = people["administrator"].district
    District.objects.filter(pk=district.pk).update(staff_may_request_changes=False)
    for right in [
        {"school": people["teacher"].school},
        {"position": people["q.esposito"].title},
        {"person": people["f.haddad"]},
    ]:
        actions.grant_right(by=people["administrator"], **right)


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
        expires_on=today + timedelta(days={0: 120, 3: -20}.get(number, 190 + 45 * number)),
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


def endorsement_of(license):
    return CredentialRecord(
        district=license.district,
        holder=license.holder,
        type=license.type,
        parent=license,
        identifier=license.identifier.replace("DEMO-", "DEMO-E"),
        issuing_state=license.issuing_state,
        issued_on=license.issued_on + timedelta(days=365),
        expires_on=license.expires_on,
        field="Health",
        grade_levels=license.grade_levels,
        extra={"credential_type": "Endorsement"},
    )


def add_requests(types, state, teacher, coach, approver):
    add_decided(types, teacher, coach, approver)
    today = timezone.localdate()
    workshop = request_new(
        teacher,
        types["ED"],
        "Summer workshop on laboratory safety",
        {"education_level": "Some College No Degree", "issued_on": str(today - timedelta(days=90))},
    )
    actions.deny(workshop, by=approver, comment="A workshop is not a degree. Ask for a record of type Other.")
    license = {
        "identifier": f"DEMO-3105{len(state)}{teacher.pk}",
        "issuing_state": state,
        "issued_on": str(today - timedelta(days=14)),
        "expires_on": str(today + timedelta(days=1811)),
    }
    request_new(coach, types["LC"], "Library media specialist license", license)
    actions.return_for_changes(
        request_new(coach, types["OT"], "Water safety course", {"title": "Water safety"}),
        by=approver,
        comment="When did you finish the course? Enter the date.",
    )
    request_new(teacher, types["OT"], "Robotics coach", {"title": "Robotics"}, is_draft=True)
    colleague = User.objects.filter(district=teacher.district, title__contains="eacher").exclude(pk=teacher.pk)[0]
    renewed = colleague.credential_records.get(type=types["LC"], parent=None)
    actions.request_update(
        by=colleague,
        record=renewed,
        brief_description="My license was renewed",
        proposed=renewed.values | {"expires_on": str(today + timedelta(days=1900))},
        idempotency_key=uuid4(),
    )


def request_new(requester, type, brief_description, proposed, **how):
    said = {"type": type, "brief_description": brief_description, "proposed": proposed}
    return actions.request_new(by=requester, idempotency_key=uuid4(), **said, **how)


def add_decided(types, teacher, coach, approver):
    """Requests of the past."""
    now = timezone.now()
    degree = teacher.credential_records.get(type=types["ED"])
    CredentialRequest.objects.create(
        district=teacher.district,
        requester=teacher,
        type=types["ED"],
        record=degree,
        is_new=True,
        brief_description="My master's degree",
        proposed=degree.values,
        labels=types["ED"].labels_in("MN"),
        submitted_at=now - timedelta(days=400),
        status="approved",
        decided_at=now - timedelta(days=396),
        decided_by=approver,
    )
    CredentialRequest.objects.create(
        district=coach.district,
        requester=coach,
        type=types["OT"],
        is_new=True,
        brief_description="First aid refresher",
        proposed={"title": "First aid", "issued_on": str(timezone.localdate() - timedelta(days=40))},
        labels=types["OT"].labels_in("MN"),
        submitted_at=now - timedelta(days=30),
        status="withdrawn",
        withdrawn_at=now - timedelta(days=29),
    )
