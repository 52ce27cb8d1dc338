"""The one table of who may do what, and the authentication backend that reads it.

Which rows a person sees is asked of querysets (``visible_to``); what a record's state allows is asked of the record.
"""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists

from cases.models import Notice
from cases.views.verbs import ACCESS as VERBS_ACCESS
from contacts.models import Role, User
from credentials.models import may_request

ADMIN = "admin"  # every Django admin: people who run the portal
EVERYONE = "everyone"  # every signed-in person
STAFF = "staff"  # every person of a district
STAFF_WHO_MAY_REQUEST = "staff who may request"  # of a district that lets its staff request changes
STAFF_WHO_ASK = "staff who ask"  # who bring nothing to Support themselves

CONTACTS = {Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT}
SUPPORT = {Role.SUPPORT_AGENT, Role.SUPPORT_LEAD}

ACCESS = {
    "contacts.view_directory": {STAFF} | SUPPORT,
    "contacts.check_callers": SUPPORT,
    "contacts.show_code": CONTACTS,
    "contacts.ask": {STAFF_WHO_ASK},
    "contacts.view_questions": {STAFF},
    "contacts.answer_questions": CONTACTS | {Role.BUILDING_COACH},
    "contacts.pass_on_questions": {Role.BUILDING_COACH},
    "contacts.designate": {Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.view_nominations": {STAFF, Role.SUPPORT_LEAD},
    "contacts.answer_nominations": {STAFF},
    "contacts.view_contact_requests": {Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.decide_contact_requests": {Role.SUPPORT_LEAD},
    "contacts.review_inactive": {Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.withdraw_contact_request": {Role.DISTRICT_ADMINISTRATOR},
    "contacts.review_coverage": {Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.view_training": CONTACTS | {Role.BUILDING_COACH, Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.complete_training": CONTACTS | {Role.BUILDING_COACH},
    "contacts.record_training": {Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.manage_agreements": {Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD},
    "contacts.invite_people": {Role.DISTRICT_ADMINISTRATOR},
    "contacts.change_district_settings": {Role.DISTRICT_ADMINISTRATOR},
    "contacts.read_messages": {EVERYONE},
    "contacts.keep_profile": {EVERYONE},
    "cases.view_cases": CONTACTS | SUPPORT,
    # Everyone reaches the page; those who may not submit are led to their contacts there.
    "cases.open_submit_page": {EVERYONE},
    "cases.submit_case": CONTACTS,
    **VERBS_ACCESS,
    "cases.open_exception": SUPPORT,
    "cases.watch_handovers": {Role.SUPPORT_LEAD},
    # What the district's sites have and wait for; the technical contact alone asks for more.
    "cases.view_updates": CONTACTS | SUPPORT,
    "cases.request_update": {Role.TECHNICAL_CONTACT},
    "cases.cancel_update": {Role.TECHNICAL_CONTACT} | SUPPORT,
    "cases.work_updates": SUPPORT,
    # Everyone of a district reads the notices that affect it; a contact adds the district to one.
    "cases.view_notices": {STAFF} | SUPPORT,
    "cases.report_notice": CONTACTS,
    "cases.post_notices": SUPPORT,
    # Contacts read those of their district, Support those of all.
    "cases.view_reports": CONTACTS | SUPPORT,
    "cases.compare_districts": SUPPORT,
    # What each agent did is for those who lead them.
    "cases.compare_agents": {Role.SUPPORT_LEAD},
    "credentials.view_own": {STAFF},
    "credentials.request_change": {STAFF_WHO_MAY_REQUEST},
    "credentials.withdraw_request": {STAFF},
    "credentials.decide_request": {Role.CREDENTIAL_APPROVER},
    # Who might be qualified to teach what; the administrator alone says what a course asks for.
    "credentials.view_courses": {Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR},
    "credentials.set_course_rules": {Role.DISTRICT_ADMINISTRATOR},
    # What the credentials of staff need in the months to come.
    "credentials.look_ahead": {Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR},
    # What a district sets for all its staff, and enters for them.
    "credentials.view_staff": {Role.DISTRICT_ADMINISTRATOR},
    "credentials.request_for_others": {Role.DISTRICT_ADMINISTRATOR},
    "credentials.manage_requests": {Role.DISTRICT_ADMINISTRATOR},
}

if unknown := settings.MFA_REQUIRED_ROLES - {ADMIN, *Role.values}:
    raise ImproperlyConfigured(f"MFA_REQUIRED_ROLES names no such role: {', '.join(sorted(unknown))}.")


def principals(user):
    """All that the table may know a person by: their roles, and the groups they belong to anyway."""
    found = {EVERYONE, *user.roles}
    if user.district_id:
        found.add(STAFF)
        if CONTACTS.isdisjoint(user.roles):
            found.add(STAFF_WHO_ASK)
        if may_request(user):
            found.add(STAFF_WHO_MAY_REQUEST)
    if user.is_staff:
        found.add(ADMIN)
    return found


class RoleBackend(AuthenticationBackend):
    """Signs people in by e-mail and answers ``has_perm`` from ACCESS; Django admins hold the admin's rights too."""

    def has_perm(self, user, perm, obj=None):
        if perm in ACCESS:
            return not ACCESS[perm].isdisjoint(principals(user))
        return user.is_staff and perm.partition(".")[2].startswith(("add_", "change_", "delete_", "view_"))

    def has_module_perms(self, user, app_label):
        return user.is_staff

    def get_all_permissions(self, user, obj=None):
        return {perm for perm in ACCESS if self.has_perm(user, perm)}

    def get_user(self, user_id):
        """The person of the session, with the district that every page names, and whether any notice is open."""
        noticed = Exists(Notice.objects.open().announced())
        people = User.objects.select_related("district", "school").annotate(may_have_notices=noticed)
        user = people.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
