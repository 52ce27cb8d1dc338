"""Districts, schools and people are edited here; designations and messages are only read."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path

from contacts import actions
from contacts.admin._common import DistrictFilter, ReadOnlyAdmin, RefusingAdmin, run
from contacts.forms import MoveForm, PersonAdminForm, SupportDesignationForm
from contacts.models import (
    Agreement,
    ContactRequest,
    Designation,
    District,
    DistrictHoliday,
    InactivityRun,
    Message,
    MessageDelivery,
    Nomination,
    School,
    User,
)
from contacts.views.shortcuts import posted, refusals_on


@admin.register(District)
class DistrictAdmin(RefusingAdmin):
    list_display = ["name", "identifier", "time_zone", "state", "support_contacts_allowed", "hosted_by_vendor"]
    list_filter = ["hosted_by_vendor", "in_state_edition", "staff_may_request_changes"]
    search_fields = ["name", "identifier", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "hosted_by_vendor":
            kwargs["label"] = settings.HOSTED_BY_VENDOR_LABEL
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if change:
            actions.change_district_settings(obj, by=request.user, changed=form.changed_data)
        else:
            actions.add_district(obj, by=request.user)


@admin.register(DistrictHoliday)
class DistrictHolidayAdmin(RefusingAdmin):
    list_display = ["name", "district", "first_on", "last_on"]
    list_filter = [DistrictFilter]
    list_select_related = ["district"]
    search_fields = ["name", "district__name"]
    autocomplete_fields = ["district"]
    date_hierarchy = "first_on"

    def get_readonly_fields(self, request, obj=None):
        return ["district"] if obj else []

    def save_model(self, request, obj, form, change):
        (actions.change_holiday if change else actions.add_holiday)(obj, by=request.user)

    def delete_model(self, request, obj):
        actions.remove_holiday(obj, by=request.user)

    def delete_queryset(self, request, queryset):
        for holiday in queryset:
            actions.remove_holiday(holiday, by=request.user)


@admin.register(School)
class SchoolAdmin(admin.ModelAdmin):
    list_display = ["name", "district", "identifier"]
    list_select_related = ["district"]
    search_fields = ["name", "identifier", "district__name"]
    autocomplete_fields = ["district"]

    def get_readonly_fields(self, request, obj=None):
        """A school stays in its district: its people and their records belong there."""
        return ["district"] if obj else []


@admin.register(User)
class UserAdmin(RefusingAdmin):
    """People. Nobody sees or sets a password here: invited people choose their own."""

    form = PersonAdminForm
    change_form_template = "admin/contacts/user/change_form.html"
    list_display = ["last_name", "first_name", "email", "district", "is_active", "last_login"]
    list_display_links = ["last_name", "first_name"]
    list_filter = [
        "is_active",
        "is_staff",
        ("email", admin.EmptyFieldListFilter),
        ("invited_at", admin.EmptyFieldListFilter),
        DistrictFilter,
    ]
    list_select_related = ["district"]
    search_fields = ["last_name", "first_name", "email", "staff_identifier", "district__name"]
    autocomplete_fields = ["district", "school"]
    fields = [
        ("first_name", "last_name"),
        "email",
        ("district", "school"),
        "title",
        "phone",
        "organization",
        "staff_identifier",
        "time_zone",
        ("is_active", "is_staff"),
        ("invited_at", "last_login"),
    ]
    actions = ["invite"]

    def get_urls(self):
        move = self.admin_site.admin_view(self.move)
        return [path("<path:object_id>/move/", move, name="contacts_user_move"), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        """A person belongs to one district for good; who changes districts moves as a new person."""
        return ["invited_at", "last_login", *(["district"] if obj else [])]

    def has_delete_permission(self, request, obj=None):
        """A person who leaves can no longer sign in; what they did keeps their name."""
        return False

    def save_model(self, request, obj, form, change):
        if change:
            actions.change_person(obj, by=request.user, changed=form.changed_data)
        else:
            actions.add_person(obj, by=request.user)

    def move(self, request, object_id):
        """Moves to another district: the one way there, on a page of its own."""
        person = self.get_object(request, object_id)
        if not person:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form = MoveForm(posted(request), person=person)
        if form.is_valid():
            with refusals_on(form):
                return self._move(request, person, form.cleaned_data)
        return self._move_page(request, person, form)

    def _move(self, request, person, chosen):
        to, with_email = chosen["district"], chosen.get("with_email", False)
        joined = actions.move_to_district(person, to=to, by=request.user, with_email=with_email)
        next_step = "Invite them" if joined.email else "Add an e-mail address, then invite them"
        self.message_user(request, f"{joined} moved to {to}. {next_step} when they are ready to sign in.")
        return self.response_post_save_change(request, joined)

    def _move_page(self, request, person, form):
        context = {
            **self.admin_site.each_context(request),
            "title": "Moves to another district",
            "opts": self.opts,
            "person": person,
            "held": person.designations.current(),
            "form": form,
            "fieldsets": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),
            "media": self.media + form.media,
        }
        status = 409 if getattr(form, "is_refused", False) else 200
        return TemplateResponse(request, "admin/contacts/user/move.html", context, status=status)

    @admin.action(description="Invite the selected people")
    def invite(self, request, queryset):
        for person in queryset:
            run(self, request, actions.invite, person, done=f"{person} is invited.")


@admin.register(Designation)
class DesignationAdmin(RefusingAdmin):
    """Support roles are given here; a district's roles on the pages its administrators see."""

    list_display = ["user", "role", "district", "school", "started_at", "ended_at", "flagged_at"]
    list_filter = ["role", ("ended_at", admin.EmptyFieldListFilter), ("flagged_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "district", "school"]
    search_fields = ["user__last_name", "user__first_name", "user__email", "district__name"]
    autocomplete_fields = ["user"]
    actions = ["end"]

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs if obj else {"form": SupportDesignationForm, **kwargs})

    def get_fields(self, request, obj=None):
        return [field.name for field in Designation._meta.fields if field.name != "id"] if obj else ["user", "role"]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = actions.designate(obj.user, role=obj.role, by=request.user).pk

    @admin.action(description="End the selected designations", permissions=["view"])
    def end(self, request, queryset):
        reason = "Ended by an administrator of the portal."
        for designation in queryset:
            done = f"{designation} has ended."
            run(self, request, actions.end_designation, designation, reason=reason, done=done)


@admin.register(ContactRequest, Nomination)
class AskedAdmin(ReadOnlyAdmin):
    """Who was asked for, or asked to become a contact, and what came of it on the portal's own pages."""

    list_display = ["__str__", "district", "status", "decided_at"]
    list_filter = ["status", DistrictFilter]
    list_select_related = True
    search_fields = ["district__name"]


@admin.register(Agreement)
class AgreementAdmin(ReadOnlyAdmin):
    """They are recorded, renewed and ended on the pages of the district's administrators and support leads."""

    list_display = ["organization", "district", "document", "signed_on", "expires_on", "ended_at"]
    list_filter = [DistrictFilter, ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["district"]
    search_fields = ["organization", "document", "district__name"]
    date_hierarchy = "expires_on"


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """When someone was told, and whether the e-mail went out. The text is for the recipient alone."""

    list_display = [
        *("title", "kind", "recipient", "delivery", "created_at", "read_at", "emailed_at", "email_attempts"),
        "parked_at",
    ]
    list_filter = ["kind", "delivery"]
    list_filter += [(name, admin.EmptyFieldListFilter) for name in ("read_at", "emailed_at", "parked_at")]
    list_select_related = ["recipient"]
    search_fields = ["recipient__last_name", "recipient__email"]
    fields = [
        *("title", "kind", "recipient", "delivery", "email_to", "district", "created_at", "read_at"),
        *("emailed_at", "email_attempts", "email_due_at", "parked_at"),
    ]
    actions = ["email_again"]

    @admin.action(description="Send again", permissions=["view"])
    def email_again(self, request, queryset):
        for message in queryset:
            done = f"“{message}” goes out to {message.recipient} with the next e-mails."
            run(self, request, actions.email_again, message, done=done)


@admin.register(MessageDelivery)
class MessageDeliveryAdmin(ReadOnlyAdmin):
    """How people want to be told, where it is not at once; they choose it themselves."""

    list_display = ["person", "kind", "delivery"]
    list_filter = ["kind", "delivery"]
    list_select_related = ["person"]
    search_fields = ["person__last_name", "person__email"]


@admin.register(InactivityRun)
class InactivityRunAdmin(ReadOnlyAdmin):
    """Whether the portal looks for inactive contacts every hour, and what it found."""

    list_display = ["started_at", "finished_at", "looked_at", "warned", "flagged", "deactivated"]
    list_filter = [("finished_at", admin.EmptyFieldListFilter)]
    date_hierarchy = "started_at"
