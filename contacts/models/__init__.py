from contacts.models.audit import AuditEvent
from contacts.models.districts import District, School
from contacts.models.messages import Message
from contacts.models.people import AUTHORIZED_CONTACTS, DISTRICT_SIDE, SUPPORT_SIDE, Designation, Role, User

__all__ = [
    "AUTHORIZED_CONTACTS",
    "DISTRICT_SIDE",
    "SUPPORT_SIDE",
    "AuditEvent",
    "Designation",
    "District",
    "Message",
    "Role",
    "School",
    "User",
]
