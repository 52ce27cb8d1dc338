from django.contrib import admin
from django.db.models import URLField

from cases.models import CalendarFeed, Site, UpdateRequest, UpdateStep, Version
from contacts.admin import ReadOnlyAdmin


@admin.register(Version)
class VersionAdmin(admin.ModelAdmin):
    """Technical contacts request the current and the previous one; earlier ones are older."""

    list_display = ["name", "standing", "released_on", "notes_url"]
    list_filter = ["standing"]
    search_fields = ["name"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    """Which sites a district has, and as they are; completed requests keep them up to date."""

    list_display = ["district", "kind", "version", "updated_at", "refreshed_at"]
    list_display_links = ["district", "kind"]
    list_filter = ["kind", "version"]
    list_select_related = ["district", "version"]
    search_fields = ["district__name"]

    def get_readonly_fields(self, request, obj=None):
        return ["district", "kind"] if obj else []


class UpdateStepInline(admin.TabularInline):
    model = UpdateStep
    fields = readonly_fields = ["status", "by", "at", "reason", "window_start", "window_end"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(UpdateRequest)
class UpdateRequestAdmin(ReadOnlyAdmin):
    list_display = ["id", "site_kind", "kind", "district", "status", "target", "scheduled_start", "requested_by"]
    list_filter = ["status", "kind", "site_kind"]
    list_select_related = ["district", "target", "requested_by"]
    search_fields = ["=id", "district__name"]
    inlines = [UpdateStepInline]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    """Who has a private calendar address, and since when."""

    list_display = ["person", "made_at"]
    list_select_related = ["person"]
    exclude = ["digest"]
