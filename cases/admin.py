from django.contrib import admin

from cases.models import Case, ProductArea, Team, TeamMember, TimelineEntry
from contacts.admin import ReadOnlyAdmin
from contacts.models import SUPPORT_SIDE, User


@admin.register(ProductArea)
class ProductAreaAdmin(admin.ModelAdmin):
    list_display = ["name", "team", "technical_only", "is_active", "order"]
    list_editable = ["team", "is_active", "order"]
    list_filter = ["team", "technical_only", "is_active"]
    search_fields = ["name"]


class TeamMemberInline(admin.TabularInline):
    model = TeamMember
    extra = 1

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.active().holding(*SUPPORT_SIDE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Who is told of new cases of which product areas; an area names its team on its own page."""

    list_display = search_fields = ["name"]
    inlines = [TeamMemberInline]


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
