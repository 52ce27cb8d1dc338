"""The one table of who may do what to which table of the database, and the policies that keep districts apart.

``manage.py migrate`` puts it in force as the owner of the tables. What DATABASE_URL connects as owns nothing, and
reaches nothing that is not granted here; where both are one role, the policies hold nobody back (see ``check``).
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.db import connection
from psycopg import sql

NOTHING = ""
READ = "SELECT"
ADD = "SELECT, INSERT"
CHANGE = "SELECT, INSERT, UPDATE"
REMOVE = "SELECT, INSERT, UPDATE, DELETE"

SCOPE = "current_setting('portal.scope', true)"
# In a subquery, so that each is read once for a statement and not once for a row.
DISTRICT = "(SELECT nullif(current_setting('portal.district', true), '')::bigint)"
PERSON = "(SELECT nullif(current_setting('portal.person', true), '')::bigint)"


@dataclass(frozen=True)
class Rows:
    """A table with rows of districts.

    ``own`` are the rows that a scope of one district reaches, ``across`` the kinds of scope (contacts/scope.py) that
    reach every row, and ``readable`` are further rows that every scope may read, but not change.
    """

    grant: str
    own: str = f"district_id = {DISTRICT}"
    across: tuple = ("support", "admin", "system")
    readable: str = ""

    @property
    def policies(self):
        """(name, what it is for) of each policy, without the one of the tables' owner."""
        across = ", ".join(f"'{kind}'" for kind in self.across)
        # With CASE, PostgreSQL expects half of the rows; with OR, so few that it sorts a list instead of following it.
        reached = f"CASE WHEN (SELECT {SCOPE} IN ({across})) THEN true ELSE {self.own} END"
        yield "rows_of_the_scope", f"FOR ALL USING ({reached}) WITH CHECK ({reached})"
        if self.readable:
            yield "rows_that_every_scope_reads", f"FOR SELECT USING ((SELECT {SCOPE} <> '') AND ({self.readable}))"


@dataclass(frozen=True)
class Shared:
    """A table without rows of districts, and why."""

    grant: str
    reason: str


SIGN_IN = "The sign-in itself, read before anyone is known."
VOCABULARY = "The same for every district."

TABLES = {
    "contacts_district": Rows(REMOVE, own=f"id = {DISTRICT}", readable=f"(SELECT {SCOPE} = 'public')"),
    "contacts_school": Rows(REMOVE),
    "contacts_districtholiday": Rows(REMOVE),
    # People without a district are Support and admins: districts read who answers them.
    "contacts_user": Rows(CHANGE, own=f"district_id = {DISTRICT} OR id = {PERSON}", readable="district_id IS NULL"),
    "contacts_agreement": Rows(CHANGE),
    "contacts_designation": Rows(CHANGE, readable="district_id IS NULL"),
    "contacts_callercode": Rows(CHANGE),
    "contacts_coveragegap": Rows(CHANGE),
    "contacts_nomination": Rows(CHANGE),
    "contacts_contactrequest": Rows(CHANGE),
    "contacts_message": Rows(CHANGE, own=f"district_id = {DISTRICT} OR recipient_id = {PERSON}"),
    # Who tells somebody of something reads how they want to be told; people without a district are Support and admins.
    "contacts_messagedelivery": Rows(
        REMOVE, own=f"district_id = {DISTRICT} OR person_id = {PERSON}", readable="district_id IS NULL"
    ),
    # Of a district's own; Support reads those that were brought to it.
    "contacts_staffquestion": Rows(
        CHANGE, across=("admin", "system"), readable=f"(SELECT {SCOPE} = 'support') AND reference <> ''"
    ),
    "contacts_trainingmodule": Shared(REMOVE, VOCABULARY),
    "contacts_trainingneed": Shared(REMOVE, VOCABULARY),
    "contacts_trainingresource": Shared(REMOVE, VOCABULARY),
    "contacts_trainingcompletion": Rows(CHANGE),
    "contacts_auditevent": Rows(
        # The database sets the other columns itself.
        "SELECT, INSERT (action, actor_key, actor_label, object_type, object_key, object_label, district_key, detail)",
        # That there is an internal note is Support's alone.
        own=f"district_key = {DISTRICT}::text AND action <> 'case.note'"
        f" OR object_type = 'contacts.User' AND object_key = {PERSON}::text",
    ),
    "contacts_auditchain": Shared(READ, "The newest position and hash of each chain, written by triggers."),
    "contacts_auditcheck": Shared(ADD, "Whether the audit held, and when."),
    "contacts_inactivityrun": Shared(CHANGE, "When the portal looked for inactive contacts, and how many it found."),
    "cases_productarea": Shared(REMOVE, VOCABULARY),
    "cases_priorityrule": Shared(REMOVE, VOCABULARY),
    "cases_team": Shared(REMOVE, VOCABULARY),
    "cases_teammember": Shared(REMOVE, "The agents of each team, who belong to no district."),
    "cases_responsetarget": Shared(REMOVE, VOCABULARY),
    "cases_supporthours": Shared(REMOVE, VOCABULARY),
    "cases_supportholiday": Shared(REMOVE, VOCABULARY),
    "cases_case": Rows(CHANGE),
    "cases_qualification": Rows(ADD),
    "cases_call": Rows(CHANGE),
    "cases_caselink": Rows(REMOVE),
    # One's own alone, on either side.
    "cases_draft": Rows(REMOVE, own=f"person_id = {PERSON}", across=("system",)),
    # Which agent reads or writes is Support's alone.
    "cases_presence": Rows(REMOVE, own="false"),
    "cases_cannedreply": Shared(REMOVE, VOCABULARY),
    "cases_version": Shared(REMOVE, VOCABULARY),
    "cases_site": Rows(REMOVE),
    "cases_updaterequest": Rows(CHANGE),
    "cases_updatestep": Rows(ADD),
    "cases_updaterecipient": Rows(ADD),
    # One's own alone, on either side.
    "cases_calendarfeed": Rows(CHANGE, own=f"person_id = {PERSON}", across=("system",)),
    # Of no district; what is announced to a district, or to all, it reads. The subqueries keep to the scope too.
    "cases_notice": Rows(
        CHANGE,
        own="false",
        readable="announced_at IS NOT NULL AND (everyone OR is_public"
        " OR id IN (SELECT notice_id FROM cases_noticedistrict) OR id IN (SELECT notice_id FROM cases_noticereport)"
        " OR id IN (SELECT notice_id FROM cases_noticecase))",
    ),
    "cases_noticeupdate": Rows(ADD, own="false", readable="notice_id IN (SELECT id FROM cases_notice)"),
    "cases_noticearea": Rows(REMOVE, own="false", readable="notice_id IN (SELECT id FROM cases_notice)"),
    "cases_noticedistrict": Rows(REMOVE, own="false", readable=f"district_id = {DISTRICT}"),
    "cases_noticereport": Rows(ADD),
    "cases_noticecase": Rows(REMOVE),
    # One's own alone, on either side.
    "cases_noticedismissal": Rows(CHANGE, own=f"person_id = {PERSON}", across=("system",)),
    "cases_timelineentry": Rows(ADD, own=f"district_id = {DISTRICT} AND NOT is_internal"),
    "credentials_credentialtype": Shared(REMOVE, VOCABULARY),
    "credentials_credentialfield": Shared(REMOVE, VOCABULARY),
    "credentials_descriptor": Shared(REMOVE, VOCABULARY),
    # Support has no business with them.
    "credentials_credentialrecord": Rows(CHANGE, across=("admin", "system")),
    "credentials_credentialrequest": Rows(CHANGE, across=("admin", "system")),
    "credentials_requestversion": Rows(ADD, across=("admin", "system")),
    "credentials_course": Rows(CHANGE, across=("admin", "system")),
    "credentials_requirement": Rows(REMOVE, across=("admin", "system")),
    "credentials_requestgrant": Rows(CHANGE, across=("admin", "system")),
    "credentials_approvaldelegation": Rows(CHANGE, across=("admin", "system")),
    "credentials_typerule": Rows(CHANGE, across=("admin", "system")),
    "account_emailaddress": Shared(REMOVE, SIGN_IN),
    "account_emailconfirmation": Shared(REMOVE, SIGN_IN),
    "mfa_authenticator": Shared(REMOVE, SIGN_IN),
    "django_session": Shared(REMOVE, SIGN_IN),
    "portal_cache": Shared(REMOVE, "Counts of failed sign-ins."),
    "django_admin_log": Shared(ADD, "Written and read by Django admins alone."),
    "auth_group": Shared(NOTHING, "Django's, unused: roles are designations."),
    "auth_group_permissions": Shared(NOTHING, "Django's, unused: roles are designations."),
    "auth_permission": Shared(READ, "Django's; rights come from portal/access.py."),
    "django_content_type": Shared(READ, VOCABULARY),
    "django_migrations": Shared(READ, VOCABULARY),
}
FUNCTIONS = [
    "agreement_covers",
    "can_sign_in",
    "case_search_vector",
    "cases_found",
    "cases_like",
    "contacts_audit_hash",
    "fields_wait_in_vain",
    "holds_role",
    "name_words",
    "notes_found",
    "notice_is_open_to",
    "people_called",
    "person_is_of_district_or_none",
    "person_search_vector",
    "phone_digits_backwards",
    "replies_found",
    "scope_of_person",
    "timeline_search_vector",
]


def put_in_force():
    """Grants and policies as the table says. For their owner, in a transaction, as often as one likes."""
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def statements():
    for table, rule in TABLES.items():
        if isinstance(rule, Rows):
            yield from _protect(table, rule)
    yield "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC"
    database = sql.Identifier(connection.settings_dict["NAME"]).as_string()
    yield f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"
    if settings.DATABASE_OWNER["USER"] != settings.DATABASE_ROLE:
        web = sql.Identifier(settings.DATABASE_ROLE).as_string()
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {web}"
        yield f"GRANT USAGE ON SCHEMA public TO {web}"
        yield from (f"GRANT {rule.grant} ON {table} TO {web}" for table, rule in TABLES.items() if rule.grant)
        yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {web}"


def _protect(table, rule):
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    policies = {"rows_for_the_owner": "TO CURRENT_USER USING (true) WITH CHECK (true)", **dict(rule.policies)}
    for name, what in policies.items():
        yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"CREATE POLICY {name} ON {table} {what}"


@register(Tags.security, deploy=True)
def check_roles(app_configs, **kwargs):
    if settings.DATABASE_OWNER["USER"] != settings.DATABASE_ROLE:
        return []
    return [
        Warning(
            "The portal connects to PostgreSQL as the owner of its tables, so the policies that keep districts apart "
            "hold nobody back.",
            hint="Let DATABASE_URL name a role that owns nothing, and DATABASE_OWNER_URL the owner (see README.md).",
            id="portal.W001",
        )
    ]
