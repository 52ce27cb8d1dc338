from django.contrib import admin

from cases.models import Notice, NoticeReport, NoticeUpdate
from contacts.admin import ReadOnlyAdmin


class _ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


class NoticeUpdateInline(_ReadOnlyInline):
    model = NoticeUpdate
    fields = readonly_fields = ["number", "step", "by", "at", "text", "expected_end"]


class NoticeReportInline(_ReadOnlyInline):
    model = NoticeReport
    fields = readonly_fields = ["district", "users_affected", "note", "reported_by", "reported_at"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = [
        "title",
        "kind",
        "everyone",
        "is_public",
        "starts_at",
        "expected_end",
        "announced_at",
        "resolved_at",
    ]
    list_filter = ["kind", "everyone", "is_public"]
    search_fields = ["title"]
    inlines = [NoticeUpdateInline, NoticeReportInline]
