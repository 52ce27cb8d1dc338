from django.contrib import admin

from cases.models import Case, ProductArea, TimelineEntry
from contacts.admin import ReadOnlyAdmin


@admin.register(ProductArea)
class ProductAreaAdmin(admin.ModelAdmin):
    list_display = ["name", "technical_only", "is_active", "order"]
    list_editable = ["is_active", "order"]
    list_filter = ["technical_only", "is_active"]
    search_fields = ["name"]


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "subject",
        "district",
        "status",
        "kind",
        "product_area",
        "contact",
        "assignee",
        "updated_at",
    ]
    list_filter = ["status", "kind", "urgency", "is_exception", "product_area"]
    list_select_related = ["district", "product_area", "contact", "assignee"]
    search_fields = ["search"]
    search_help_text = "A case number, a contact's or caller's name, or words of the subject, description or steps."
    exclude = ["search"]

    def get_search_results(self, request, queryset, search_term):
        """By the full-text index, as on the portal's own pages."""
        return (queryset.matching(search_term) if search_term.strip() else queryset), False


@admin.register(TimelineEntry)
class TimelineEntryAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "case", "action", "by", "district", "is_internal"]
    list_filter = ["action", "is_internal"]
    list_select_related = ["case", "by", "district"]
    search_fields = ["=case__number"]
    search_help_text = "A case number."
    ordering = ["-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("case__search", "case__description", "case__steps_to_replicate")
