from django.contrib import admin

from contacts.admin import ReadOnlyAdmin
from credentials.forms import CredentialFieldForm
from credentials.models import CredentialField, CredentialRecord, CredentialRequest, CredentialType


class CredentialFieldInline(admin.StackedInline):
    model = CredentialField
    form = CredentialFieldForm
    extra = 0
    fields = [
        ("element", "key"),
        ("label", "data_type"),
        "choices",
        ("required", "order"),
        "core_subjects_only",
        "help_text",
    ]


@admin.register(CredentialType)
class CredentialTypeAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "order", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "code"]
    inlines = [CredentialFieldInline]


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
