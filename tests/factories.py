"""Factories that speak of roles: ``UserFactory(roles=[Role.SUPPORT_CONTACT])``."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import (
    Case,
    Notice,
    NoticeReport,
    NoticeUpdate,
    ProductArea,
    Site,
    Team,
    UpdateRequest,
    UpdateStep,
    Version,
    possible_windows,
)
from contacts.models import (
    Agreement,
    CallerCode,
    ContactRequest,
    Delivery,
    Designation,
    District,
    DistrictHoliday,
    Kind,
    Level,
    Message,
    MessageDelivery,
    Nomination,
    Role,
    School,
    StaffQuestion,
    TrainingCompletion,
    TrainingModule,
    User,
)
from credentials.models import (
    ApprovalDelegation,
    Course,
    CredentialField,
    CredentialRecord,
    CredentialRequest,
    CredentialType,
    RequestGrant,
    RequestVersion,
    Requirement,
    TypeRule,
)


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District

    name = factory.Sequence("District {}".format)
    slug = factory.Sequence("district-{}".format)


class DistrictHolidayFactory(DjangoModelFactory):
    """One day, unless ``last_on`` says otherwise."""

    class Meta:
        model = DistrictHoliday

    district = factory.SubFactory(DistrictFactory)
    name = "Staff day"
    last_on = factory.SelfAttribute("first_on")


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    district = factory.SubFactory(DistrictFactory)
    name = factory.Sequence("School {}".format)


class UserFactory(DjangoModelFactory):
    """A person of a district (AgentFactory: of Support)."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person{}@example.org".format)
    first_name = "Sam"
    last_name = factory.Sequence("Person{}".format)
    district = factory.SubFactory(DistrictFactory)

    @factory.post_generation
    def roles(self, create, roles, **kwargs):
        for role in roles or []:
            DesignationFactory(user=self, role=role)


class DesignationFactory(DjangoModelFactory):
    class Meta:
        model = Designation

    user = factory.SubFactory(UserFactory)
    role = Role.SUPPORT_CONTACT
    district = factory.LazyAttribute(lambda designation: designation.user.district)


class AgentFactory(UserFactory):
    district = None
    roles = factory.PostGeneration(
        lambda user, create, roles, **kwargs: [
            DesignationFactory(user=user, role=role) for role in roles or [Role.SUPPORT_AGENT]
        ]
    )


class AgreementFactory(DjangoModelFactory):
    """In force, and for two hundred days more."""

    class Meta:
        model = Agreement

    district = factory.SubFactory(DistrictFactory)
    organization = "Acme Data"
    document = factory.Sequence("Agreement {}".format)
    signed_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=100))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=200))


class ThirdPartyFactory(DesignationFactory):
    """A support contact of the agreement's organization."""

    agreement = factory.SubFactory(AgreementFactory)
    user = factory.SubFactory(
        UserFactory,
        district=factory.SelfAttribute("..agreement.district"),
        organization=factory.SelfAttribute("..agreement.organization"),
    )
    ends_at = factory.SelfAttribute("agreement.expires_at")


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    recipient = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("recipient.district")
    kind = Kind.CASE
    # Each is about something else, unless the test says so.
    about = factory.Sequence("/somewhere/{}/".format)
    subject = "Something"
    title = "Something happened"


class MessageDeliveryFactory(DjangoModelFactory):
    class Meta:
        model = MessageDelivery

    person = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("person.district")
    kind = Kind.CASE
    delivery = Delivery.DIGEST


class StaffQuestionFactory(DjangoModelFactory):
    """A new question that went to the contacts."""

    class Meta:
        model = StaffQuestion

    asker = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("asker.district")
    school = factory.SelfAttribute("asker.school")
    text = "How do I print a seating chart?"
    went_to = StaffQuestion.Recipient.CONTACTS


class TrainingModuleFactory(DjangoModelFactory):
    """A module that is ``expected_of`` some roles and ``recommended_to`` others."""

    class Meta:
        model = TrainingModule
        skip_postgeneration_save = True

    name = factory.Sequence("Module {}".format)
    link = factory.Sequence("https://training.example.org/{}".format)

    @factory.post_generation
    def expected_of(self, create, roles, **kwargs):
        for role in roles or []:
            self.needs.create(role=role, level=Level.EXPECTED)

    @factory.post_generation
    def recommended_to(self, create, roles, **kwargs):
        for role in roles or []:
            self.needs.create(role=role, level=Level.RECOMMENDED)


class TrainingCompletionFactory(DjangoModelFactory):
    """Self-reported, unless ``recorded_by=`` says otherwise."""

    class Meta:
        model = TrainingCompletion

    person = factory.SubFactory(UserFactory, roles=[Role.SUPPORT_CONTACT])
    district = factory.SelfAttribute("person.district")
    module = factory.SubFactory(TrainingModuleFactory)
    completed_on = date(2026, 9, 1)
    recorded_by = factory.SelfAttribute("person")


class CallerCodeFactory(DjangoModelFactory):
    """A code whose digits are 123456, of a support contact."""

    class Meta:
        model = CallerCode

    person = factory.SubFactory(UserFactory, roles=[Role.SUPPORT_CONTACT])
    district = factory.SelfAttribute("person.district")
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda code: code.created_at + CallerCode.VALID_FOR)

    @classmethod
    def _create(cls, model, *args, **fields):
        code = model(**fields)
        code.set_digits("123456")
        code.save()
        return code


class NominationFactory(DjangoModelFactory):
    """An open nomination for good, by the nominee themselves unless ``nominated_by`` says who."""

    class Meta:
        model = Nomination

    nominee = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("nominee.district")
    nominated_by = factory.SelfAttribute("nominee")


class ContactRequestFactory(DjangoModelFactory):
    """An open request for an additional support contact."""

    class Meta:
        model = ContactRequest

    person = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("person.district")
    requested_by = factory.SelfAttribute("person")
    reason = "Our second high school opens."


class TeamFactory(DjangoModelFactory):
    """A team of the agents in ``members``."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence("Team {}".format)

    @factory.post_generation
    def members(self, create, members, **kwargs):
        self.members.add(*members or [])


class ProductAreaFactory(DjangoModelFactory):
    class Meta:
        model = ProductArea

    name = factory.Sequence("Area {}".format)


class CaseFactory(DjangoModelFactory):
    """A new question of a support contact; ``contact__district=`` or ``contact=`` says whose."""

    class Meta:
        model = Case

    contact = factory.SubFactory(UserFactory, roles=[Role.SUPPORT_CONTACT])
    district = factory.SelfAttribute("contact.district")
    kind = Case.Kind.QUESTION
    product_area = factory.SubFactory(ProductAreaFactory)
    resolved_at = factory.LazyAttribute(
        lambda case: timezone.now() if getattr(case, "status", "") == Case.Status.PENDING_VERIFICATION else None
    )
    handover_due_at = factory.LazyAttribute(
        lambda case: timezone.now() + timedelta(hours=8) if getattr(case, "is_exception", False) else None
    )
    subject = "How do I print report cards?"
    description = "I would like to print the report cards of one school."


class VersionFactory(DjangoModelFactory):
    """An older version, unless ``standing=`` says otherwise."""

    class Meta:
        model = Version

    name = factory.Sequence("Suite of {}".format)
    released_on = date(2026, 11, 1)
    notes_url = "https://notes.example.org/"


class SiteFactory(DjangoModelFactory):
    """A sandbox."""

    class Meta:
        model = Site

    district = factory.SubFactory(DistrictFactory)
    kind = Site.Kind.SANDBOX


ENDED = [UpdateRequest.Status.COMPLETED, UpdateRequest.Status.DECLINED, UpdateRequest.Status.CANCELED]


def _has_window(update):
    return update.status not in ("requested", "declined", "canceled")


class UpdateRequestFactory(DjangoModelFactory):
    """A requested refresh; with another status it is scheduled as preferred, or over."""

    class Meta:
        model = UpdateRequest
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    district = factory.SelfAttribute("site.district")
    site_kind = factory.SelfAttribute("site.kind")
    kind = UpdateRequest.Kind.REFRESH
    window_start = factory.LazyAttribute(lambda update: possible_windows(update.site.kind, timezone.now())[0].start)
    window_end = factory.LazyAttribute(lambda update: update.window_start + timedelta(hours=2))
    reason = "We try the new schedule first."
    acknowledgement = "overwrite sandbox"
    status = UpdateRequest.Status.REQUESTED
    scheduled_start = factory.LazyAttribute(lambda update: update.window_start if _has_window(update) else None)
    scheduled_end = factory.LazyAttribute(lambda update: update.window_end if _has_window(update) else None)
    ended_at = factory.LazyAttribute(lambda update: timezone.now() if update.status in ENDED else None)
    requested_by = factory.SubFactory(UserFactory, district=factory.SelfAttribute("..district"))

    @factory.post_generation
    def step(self, create, said, **kwargs):
        """Why; False makes none."""
        if said is False:
            return
        about = {"request": self, "district": self.district, "status": self.status, "by": self.requested_by}
        UpdateStep.objects.create(**about, reason=said or self.reason)


class VersionUpdateFactory(UpdateRequestFactory):
    kind = UpdateRequest.Kind.VERSION
    target = factory.SubFactory(VersionFactory)
    acknowledgement = ""


class NoticeFactory(DjangoModelFactory):
    """An open incident; ``districts=[…]`` are those that it names, ``everyone=True`` makes it everybody's."""

    class Meta:
        model = Notice
        skip_postgeneration_save = True

    kind = Notice.Kind.INCIDENT
    title = factory.Sequence("Attendance is slow {}".format)
    instructions = "Take attendance on paper, and enter it later."
    starts_at = factory.LazyFunction(timezone.now)
    announced_at = factory.LazyFunction(timezone.now)
    posted_by = factory.SubFactory(AgentFactory)

    @factory.post_generation
    def districts(self, create, named, **kwargs):
        self.districts.add(*(named or []))

    @factory.post_generation
    def posted(self, create, said, **kwargs):
        """The first of its updates; False makes none."""
        if said is False:
            return
        NoticeUpdate.objects.create(notice=self, number=1, step="posted", by=self.posted_by)


class MaintenanceFactory(NoticeFactory):
    """Announced, and begins in a week."""

    kind = Notice.Kind.MAINTENANCE
    title = factory.Sequence("New servers {}".format)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    expected_end = factory.LazyAttribute(lambda notice: notice.starts_at + timedelta(hours=3))


class NoticeReportFactory(DjangoModelFactory):
    class Meta:
        model = NoticeReport

    reported_by = factory.SubFactory(UserFactory, roles=[Role.SUPPORT_CONTACT])
    district = factory.SelfAttribute("reported_by.district")
    notice = factory.SubFactory(NoticeFactory, everyone=True)
    users_affected = 12
    note = "Two schools so far."


class CredentialTypeFactory(DjangoModelFactory):
    class Meta:
        model = CredentialType
        django_get_or_create = ("code",)

    code = factory.Sequence("T{}".format)
    name = factory.Sequence("Type {}".format)


class CredentialFieldFactory(DjangoModelFactory):
    """A field of a type's own."""

    class Meta:
        model = CredentialField

    type = factory.SubFactory(CredentialTypeFactory)
    key = factory.Sequence("field_{}".format)
    label = "Endorsements"


class CredentialRecordFactory(DjangoModelFactory):
    class Meta:
        model = CredentialRecord

    holder = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("holder.district")
    type = factory.SubFactory(CredentialTypeFactory)
    identifier = factory.Sequence("C-{}".format)


class CredentialRequestFactory(DjangoModelFactory):
    """A pending request for a new record."""

    class Meta:
        model = CredentialRequest

    requester = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("requester.district")
    type = factory.SubFactory(CredentialTypeFactory)
    is_new = True
    brief_description = "I passed the examination."
    proposed = factory.LazyFunction(lambda: {"identifier": "N-1"})
    version = factory.LazyAttribute(lambda each: 0 if getattr(each, "status", "") == "draft" else 1)


class RequestVersionFactory(DjangoModelFactory):
    """The first version of a request, as it stands there."""

    class Meta:
        model = RequestVersion

    request = factory.SubFactory(CredentialRequestFactory)
    district = factory.SelfAttribute("request.district")
    number = 1
    brief_description = factory.SelfAttribute("request.brief_description")
    original = factory.SelfAttribute("request.original")
    proposed = factory.SelfAttribute("request.proposed")
    labels = factory.SelfAttribute("request.labels")
    submitted_by = factory.SelfAttribute("request.requester")


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    district = factory.SubFactory(DistrictFactory)
    code = factory.Sequence("COURSE-{}".format)
    title = factory.Sequence("Course {}".format)


class RequirementFactory(DjangoModelFactory):
    """A credential in the field of Mathematics, unless something else is asked for."""

    class Meta:
        model = Requirement

    course = factory.SubFactory(CourseFactory)
    district = factory.SelfAttribute("course.district")
    field = "Mathematics"


class RequestGrantFactory(DjangoModelFactory):
    """The right to request of one person, unless ``school=`` or ``position=`` says otherwise."""

    class Meta:
        model = RequestGrant

    granted_by = factory.SubFactory(UserFactory, roles=[Role.DISTRICT_ADMINISTRATOR])
    district = factory.SelfAttribute("granted_by.district")
    person = factory.LazyAttribute(
        lambda each: (
            None
            if getattr(each, "school", None) or getattr(each, "position", "")
            else UserFactory(district=each.district)
        )
    )


class ApprovalDelegationFactory(DjangoModelFactory):
    """In force since yesterday, for a week."""

    class Meta:
        model = ApprovalDelegation

    approver = factory.SubFactory(UserFactory, roles=[Role.CREDENTIAL_APPROVER])
    district = factory.SelfAttribute("approver.district")
    delegate = factory.LazyAttribute(lambda each: UserFactory(district=each.district, roles=[Role.CREDENTIAL_APPROVER]))
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda each: each.starts_at + timedelta(days=7))


class TypeRuleFactory(DjangoModelFactory):
    """A type that needs a second approver."""

    class Meta:
        model = TypeRule

    changed_by = factory.SubFactory(UserFactory, roles=[Role.DISTRICT_ADMINISTRATOR])
    district = factory.SelfAttribute("changed_by.district")
    type = factory.SubFactory(CredentialTypeFactory)
    way = TypeRule.Way.TWO
