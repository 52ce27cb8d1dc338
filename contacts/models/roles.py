from django.db import models


class Role(models.TextChoices):
    """What a designation makes of a person."""

    SUPPORT_CONTACT = "support_contact", "Support contact"
    TECHNICAL_CONTACT = "technical_contact", "Technical contact"
    BUILDING_COACH = "building_coach", "Building coach"
    CREDENTIAL_APPROVER = "credential_approver", "Credential approver"
    DISTRICT_ADMINISTRATOR = "district_administrator", "District administrator"
    SUPPORT_AGENT = "support_agent", "Support agent"
    SUPPORT_LEAD = "support_lead", "Support lead"

    @property
    def purpose(self):
        """What the role is for, in one sentence."""
        return f"A {self.label.lower()} {PURPOSES[self]}"


# The only people who may bring questions, issues and requests to Support.
AUTHORIZED_CONTACTS = [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT]
# Whom staff turn to with their questions, and who cover for each other.
ANSWER_STAFF = [*AUTHORIZED_CONTACTS, Role.BUILDING_COACH]
# They choose a district's contacts and decide about flagged ones.
CONTACT_MANAGERS = [Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD]
SUPPORT_SIDE = [Role.SUPPORT_AGENT, Role.SUPPORT_LEAD]
DISTRICT_SIDE = [role for role in Role if role not in SUPPORT_SIDE]

# Each completes a sentence that starts with the role: "A support contact helps staff …".
PURPOSES = {
    Role.SUPPORT_CONTACT: "helps staff with what they and their coach cannot solve, and brings the district's "
    "questions, issues and requests to Support.",
    Role.TECHNICAL_CONTACT: "does the same for servers, networks, connections and updates, and manages the district's "
    "sandbox and staging sites. Each district has one.",
    Role.BUILDING_COACH: "is the person that a school's staff ask first, and helps with everyday questions.",
    Role.CREDENTIAL_APPROVER: "decides on the changes that staff request to their credential records.",
    Role.DISTRICT_ADMINISTRATOR: "chooses the contacts, invites people and maintains the district's help page.",
    Role.SUPPORT_AGENT: "works for Support and answers the districts' contacts.",
    Role.SUPPORT_LEAD: "leads a Support team and helps districts keep their contacts complete.",
}
