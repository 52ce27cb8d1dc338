from contacts.models.agreements import Agreement
from contacts.models.audit import AuditChain, AuditCheck, AuditEvent
from contacts.models.callers import CallerCode
from contacts.models.contact_requests import ContactRequest
from contacts.models.coverage import CoverageGap, Gap, with_contacts, with_coverage
from contacts.models.deliveries import MessageDelivery
from contacts.models.designations import Designation
from contacts.models.districts import District, School
from contacts.models.holidays import DistrictHoliday
from contacts.models.inactivity import InactivityRun
from contacts.models.messages import ALWAYS_AT_ONCE, Delivery, Kind, Message
from contacts.models.nominations import Nomination
from contacts.models.people import User, covers_at
from contacts.models.questions import StaffQuestion
from contacts.models.roles import ANSWER_STAFF, AUTHORIZED_CONTACTS, CONTACT_MANAGERS, DISTRICT_SIDE, SUPPORT_SIDE, Role
from contacts.models.training import Level, TrainingCompletion, TrainingModule, TrainingNeed, TrainingResource

__all__ = [
    "ALWAYS_AT_ONCE",
    "ANSWER_STAFF",
    "AUTHORIZED_CONTACTS",
    "CONTACT_MANAGERS",
    "DISTRICT_SIDE",
    "SUPPORT_SIDE",
    "Agreement",
    "AuditChain",
    "AuditCheck",
    "AuditEvent",
    "CallerCode",
    "ContactRequest",
    "CoverageGap",
    "Delivery",
    "Designation",
    "District",
    "DistrictHoliday",
    "Gap",
    "InactivityRun",
    "Kind",
    "Level",
    "Message",
    "MessageDelivery",
    "Nomination",
    "Role",
    "School",
    "StaffQuestion",
    "TrainingCompletion",
    "TrainingModule",
    "TrainingNeed",
    "TrainingResource",
    "User",
    "covers_at",
    "with_contacts",
    "with_coverage",
]
