"""What the packages put into the admin, put right for this portal."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from contacts import audit
from contacts.admin import ReadOnlyAdmin, TypedFilter
from contacts.models import AuditEvent

# An address belongs to its person, where a change of it is audited; roles come from designations, not from groups.
admin.site.unregister([EmailAddress, Group, Authenticator])


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """For a lost phone: remove the second factor, and its owner sets up a new one at the next sign-in."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__last_name"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def delete_model(self, request, authenticator):
        audit.record("person.remove_second_factor", by=request.user, on=authenticator.user, type=authenticator.type)
        super().delete_model(request, authenticator)

    def get_actions(self, request):
        """None: one at a time, so that each removal is somebody's decision."""
        return {}


# What an audit event says after the name of who did it; {} is what it was done to, a name one of its details.
AUDIT_PHRASES = {
    "action.refused": "could not {verb} {}: {sentence}",
    "admin.open": "opened the admin",
    "person.sign_in": "signed in",
    "person.sign_in_failed": "refused a sign-in as {}",
    "person.change_password": "chose a new password",
    "person.add": "added {}",
    "person.change": "changed the details of {}",
    "person.change_profile": "changed their profile",
    "person.choose_deliveries": "chose how they are told of messages",
    "person.invite": "invited {}",
    "person.leave_district": "moved {} to another district",
    "person.join_district": "brought {} from another district",
    "person.remove_second_factor": "removed the second factor of {}",
    "person.leave": "noted that {} left the district",
    "agreement.record": "recorded the agreement {}, which expires on {expires_on}",
    "agreement.end": "ended the agreement {} early",
    "agreement.warn": "warned that the agreement {} expires in {days} days",
    "contact.renew": "let the role go on under another agreement: {}",
    "contact.designate": "designated {}",
    "contact.end_designation": "ended the designation of {}",
    "contact.alert_of_gap": "told the district of a gap after {}",
    "contact.warn": "warned {} of becoming inactive",
    "contact.deactivate_undecided": "deactivated {}, about whom nobody decided",
    "contact.flag": "flagged {} inactive",
    "contact.flag_lifted": "became active again: {}",
    "contact.keep": "kept {}",
    "contact.deactivate": "deactivated {}",
    "caller.search": "looked for a caller and saw {found} people",
    "caller.look_up": "looked up {} as a caller",
    "caller.make_code": "showed a code for a call with Support",
    "caller.check": "checked a code of the caller {}: {outcome}",
    "contact.forget_heir": "let the seat go back to nobody after {}",
    "contact.give_back": "gave the seat of technical contact back: {}",
    "contact.nominate": "nominated: {}",
    "contact.accept_nomination": "accepted: {}",
    "contact.decline_nomination": "declined: {}",
    "contact.withdraw_nomination": "withdrew: {}",
    "contact.change_acting_end": "changed the last day of {} to {until}",
    "contact_request.submit": "asked Support: {}",
    "contact_request.approve": "approved: {}",
    "contact_request.deny": "denied: {}",
    "contact_request.withdraw": "withdrew: {}",
    "question.ask": "asked a contact: {}",
    "question.answer": "answered {}",
    "question.pass_on": "passed {} on to the contacts",
    "question.bring_to_support": "brought {} to Support as {reference}",
    "training.export": "exported the training of the contacts of {}",
    "training.record": "recorded {}, completed on {completed_on}",
    "training.confirm": "confirmed {}",
    "training.withdraw": "took back {}, recorded for {completed_on}",
    "district.add": "added {}",
    "district.change_settings": "changed the settings of {}",
    "district.add_holiday": "closed {} on {days}: {name}",
    "district.change_holiday": "changed when {} is closed: {name}, {days}",
    "district.remove_holiday": "no longer closed {} on {days}: {name}",
    "district.import_edfi": "imported Ed-Fi files into {}",
    "message.email_again": "sent the message “{}” again",
    "support.change_targets": "changed when Support answers: {}",
    "support.change_priorities": "changed a rule of priorities: {}",
    "report.export": "exported the report “{table}”, {period}, of {}",
    "case.submit": "submitted {}",
    "case.open_exception": "opened {} as an exception case",
    "case.reply": "replied on {}",
    "case.send_sensitive": "sent what looks sensitive with {}: {what}",
    "case.note": "added an internal note to {}",
    "case.take": "took {}",
    "case.assign": "assigned {}",
    "case.ask": "asked for input on {}",
    "case.resolve": "resolved {}",
    "case.request_assist": "asked another agent to assist with {}",
    "case.schedule": "scheduled {} for {scheduled_on}",
    "case.send_to_development": "assigned {} to development as {defect_reference}",
    "case.resume": "continued work on {}",
    "case.escalate": "escalated {} to level {level}",
    "case.correct": "corrected {}",
    "case.prioritize": "set the priority of {} to {priority}",
    "case.merge": "merged {} into case {into}",
    "case.unmerge": "undid the merge of {}",
    "case.relate": "linked {} to case {other}",
    "case.unrelate": "removed the link of {} to case {other}",
    "case.split": "split a reply of {} into case {new}",
    "case.record_call": "recorded a colleague on a call about {}",
    "case.confirm_call": "confirmed being on a call about {}",
    "case.record_phone_follow_up": "recorded a call of the district about {}",
    "case.move": "changed the status of {}",
    "case.hand_over": "asked a contact to accept {}",
    "case.accept": "accepted {}",
    "case.offer": "offered the open cases of {} to the other contacts",
    "case.remind_of_handover": "reminded both sides that nobody accepted {}",
    "case.close": "closed {}",
    "case.remind": "reminded the district of {}",
    "case.remind_of_call": "reminded both sides of the call about {}",
    "case.reopen": "reopened {}",
    "update.request": "requested: {}",
    "update.schedule": "scheduled: {}",
    "update.start": "began with: {}",
    "update.complete": "completed: {}",
    "update.decline": "declined: {}",
    "update.cancel": "canceled: {}",
    "update.remind": "reminded of: {}",
    "update.export": "exported the history of update requests of {}",
    "update.reset_calendar": "made a new private address of their calendar",
    "notice.post": "posted: {}",
    "notice.announce": "announced: {}",
    "notice.remind": "reminded of: {}",
    "notice.update": "wrote update {number} of: {}",
    "notice.change": "changed, with update {number}: {}",
    "notice.resolve": "closed: {}",
    "notice.report": "said that it affects {users_affected} people: {}",
    "notice.tie": "tied {} to the notice {notice}",
    "notice.untie": "untied {} from the notice {notice}",
    "credential_record.export": "exported the credential records of {} as {format}",
    "credential_record.import": "imported credential records of {}: {added} new, {changed} changed",
    "credential_record.import_one": "imported {}",
    "credential_record.remind": "reminded {} of credentials that expire",
    "credential_record.remind_all": "reminded {people} people of {} of credentials that expire",
    "course.add_requirement": "asked for {requirement} of who teaches {}",
    "course.remove_requirement": "no longer asked for {requirement} of who teaches {}",
    "course.add_first_rules": "gave {courses} courses of {} a first rule",
    "credential_request.submit": "submitted {}",
    "credential_request.save_draft": "saved a draft: {}",
    "credential_request.discard_draft": "discarded the draft {}",
    "credential_request.resubmit": "submitted a new version of {}",
    "credential_request.return": "returned {} for changes",
    "credential_request.approve_first": "was the first of two to approve {}",
    "credential_request.remind": "reminded the approvers of {}",
    "credential_request.escalate": "told the administrators that nobody decided {}",
    "credential_request.stuck": "told the administrators that nobody can decide {}",
    "credential_request.unstuck": "found an approver for {}",
    "credential_request.approved": "approved {}",
    "credential_request.denied": "denied {}",
    "credential_request.withdrawn": "withdrew {}",
    "request_right.grant": "let request credential changes: {}",
    "request_right.end": "no longer lets request credential changes: {}",
    "type_rule.choose": "chose how requests are decided: {}",
    "delegation.make": "left the decisions on credential requests, {}",
    "delegation.end": "took back the decisions on credential requests, {}",
}


class ActionFilter(admin.SimpleListFilter):
    title = parameter_name = "action"

    def lookups(self, request, model_admin):
        return [(action, action) for action in sorted(AUDIT_PHRASES)]

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class AuditPersonFilter(TypedFilter):
    title = parameter_name = "person"

    def narrow(self, queryset, words):
        return queryset.about_person(words)


class AuditDistrictFilter(TypedFilter):
    title = parameter_name = "district"

    def narrow(self, queryset, words):
        return queryset.of_district(words)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What everyone did, as sentences."""

    list_display = ["happened_at", "sentence", "district_name"]
    list_display_links = ["sentence"]
    list_filter = [AuditPersonFilter, AuditDistrictFilter, ActionFilter]
    date_hierarchy = "happened_at"

    def get_queryset(self, request):
        return super().get_queryset(request).with_district_name()

    @admin.display(description="what happened")
    def sentence(self, event):
        phrase = AUDIT_PHRASES.get(event.action, f"{event.action} {{}}")
        return f"{event.actor_label} {phrase.format(event.object_label, **event.detail)}"

    @admin.display(description="district")
    def district_name(self, event):
        return event.district_name
