"""Factories that speak of roles: ``UserFactory(roles=[Role.SUPPORT_CONTACT])``."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import Case, ProductArea, Team
from contacts.models import Designation, District, DistrictHoliday, Message, Role, School, StaffQuestion, User
from credentials.models import CredentialField, CredentialRecord, CredentialRequest, CredentialType


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


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    recipient = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("recipient.district")
    title = "Something happened"


class StaffQuestionFactory(DjangoModelFactory):
    """A new question that went to the contacts."""

    class Meta:
        model = StaffQuestion

    asker = factory.SubFactory(UserFactory)
    district = factory.SelfAttribute("asker.district")
    school = factory.SelfAttribute("asker.school")
    text = "How do I print a seating chart?"
    went_to = StaffQuestion.Recipient.CONTACTS


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


class CredentialTypeFactory(DjangoModelFactory):
    class Meta:
        model = CredentialType

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
