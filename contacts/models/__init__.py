from contacts.models.audit import AuditChain, AuditCheck, AuditEvent
from contacts.models.designations import Designation
from contacts.models.districts import District, School
from contacts.models.holidays import DistrictHoliday
from contacts.models.inactivity import InactivityRun
from contacts.models.messages import Message
from contacts.models.people import User, covers_at
from contacts.models.questions import StaffQuestion
from contacts.models.roles import ANSWER_STAFF, AUTHORIZED_CONTACTS, CONTACT_MANAGERS, DISTRICT_SIDE, SUPPORT_SIDE, Role

__all__ = [
    "ANSWER_STAFF",
    "AUTHORIZED_CONTACTS",
    "CONTACT_MANAGERS",
    "DISTRICT_SIDE",
    "SUPPORT_SIDE",
    "AuditChain",
    "AuditCheck",
    "AuditEvent",
    "Designation",
    "District",
    "DistrictHoliday",
    "InactivityRun",
    "Message",
    "Role",
    "School",
    "StaffQuestion",
    "User",
    "covers_at",
]
