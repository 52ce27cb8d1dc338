from django.contrib import admin

from contacts.admin import ReadOnlyAdmin
from credentials.forms import CourseForm, CredentialFieldForm, CredentialFieldFormSet, DescriptorForm
from credentials.models import (
    ApprovalDelegation,
    Course,
    CredentialField,
    CredentialRecord,
    CredentialRequest,
    CredentialType,
    Descriptor,
    RequestGrant,
    RequestVersion,
    TypeRule,
)


class CredentialFieldInline(admin.StackedInline):
    model = CredentialField
    form = CredentialFieldForm
    formset = CredentialFieldFormSet
    extra = 0
    fields = [
        ("element", "key"),
        ("label", "data_type"),
        "choices",
        ("required", "order", "state"),
        ("when_field", "when_values"),
        "help_text",
        "is_retired",
    ]


@admin.register(CredentialType)
class CredentialTypeAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "state", "order", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "code"]
    inlines = [CredentialFieldInline]
    change_form_template = "admin/credentials/credentialtype/change_form.html"

    def get_object(self, request, *args, **kwargs):
        """Whoever saves a type has it alone until then: what its fields wait for must hold for all of them together."""
        found = super().get_object(request, *args, **kwargs)
        if found and request.method == "POST":
            CredentialType.objects.select_for_update().filter(pk=found.pk).first()
        return found

    def render_change_form(self, request, context, *args, **kwargs):
        """With what the change would affect, where it waits to be accepted."""
        [formset] = [each.formset for each in context["inline_admin_formsets"]] or [None]
        context["affecting"] = formset if getattr(formset, "effects", None) else None
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Descriptor)
class DescriptorAdmin(admin.ModelAdmin):
    form = DescriptorForm
    list_display = ["code_value", "vocabulary", "uri", "order", "is_offered"]
    list_filter = ["vocabulary", "is_offered"]
    search_fields = ["code_value", "uri", "local_codes"]


@admin.register(CredentialRecord)
class CredentialRecordAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "issuing_state", "holder", "district", "issued_on", "expires_on"]
    list_filter = ["type"]
    list_select_related = ["type", "holder", "district"]
    search_fields = [
        "identifier",
        "holder__last_name",
        "holder__first_name",
        "holder__staff_identifier",
        "district__name",
    ]
    search_help_text = "Identifier, holder, staff number, or district"
    date_hierarchy = "expires_on"


@admin.register(CredentialRequest)
class CredentialRequestAdmin(ReadOnlyAdmin):
    list_display = ["submitted_at", "requester", "district", "kind", "type", "status"]
    list_filter = ["status", "is_new", "type"]
    list_select_related = ["type", "requester", "district"]
    search_fields = ["brief_description", "requester__last_name", "requester__first_name", "district__name"]
    search_help_text = "Brief Description, requester, or district"
    date_hierarchy = "submitted_at"


@admin.register(RequestVersion)
class RequestVersionAdmin(ReadOnlyAdmin):
    list_display = ["submitted_at", "request", "number", "submitted_by", "district", "asked_by"]
    list_select_related = ["request", "submitted_by", "district", "asked_by"]
    search_fields = ["=request__pk", "brief_description", "request__requester__last_name", "district__name"]
    search_help_text = "Number of the request, Brief Description, last name of the requester, or district"
    date_hierarchy = "submitted_at"


@admin.register(RequestGrant)
class RequestGrantAdmin(ReadOnlyAdmin):
    list_display = ["granted_at", "__str__", "kind", "district", "granted_by", "ended_at", "ended_by"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["school", "person", "district", "granted_by", "ended_by"]
    search_fields = ["position", "school__name", "person__last_name", "person__first_name", "district__name"]
    search_help_text = "Position, school, person, or district"
    date_hierarchy = "granted_at"


@admin.register(ApprovalDelegation)
class ApprovalDelegationAdmin(ReadOnlyAdmin):
    list_display = ["approver", "delegate", "district", "first_day", "last_day", "made_at", "ended_at"]
    list_select_related = ["approver", "delegate", "district"]
    search_fields = ["approver__last_name", "delegate__last_name", "district__name"]
    search_help_text = "Last name of either approver, or district"
    date_hierarchy = "starts_at"


@admin.register(TypeRule)
class TypeRuleAdmin(ReadOnlyAdmin):
    """How a district decides the requests of a type, its administrators say on its own page."""

    list_display = ["type", "way", "district", "changed_by", "changed_at"]
    list_filter = ["way", "type"]
    list_select_related = ["type", "district", "changed_by"]
    search_fields = ["district__name", "changed_by__last_name"]
    search_help_text = "District, or last name of who chose it"
    date_hierarchy = "changed_at"


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    """What a course asks for, the district's administrator says on the course's own page."""

    form = CourseForm
    list_display = ["title", "code", "school", "district"]
    list_select_related = ["school", "district"]
    search_fields = ["title", "code", "district__name"]
    search_help_text = "Title, code, or district"
    autocomplete_fields = ["district", "school"]
    fields = ["district", "school", "code", "title", "subjects", "grade_levels", "rule"]
    readonly_fields = ["rule"]

    @admin.display(description="asks for")
    def rule(self, course):
        found = [f"Group {each.group_number}: {each}" for each in course.requirements.select_related("type")]
        return "\n".join(found) or "Nothing yet"

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "district"] if obj else self.readonly_fields

    def has_delete_permission(self, request, obj=None):
        return False
