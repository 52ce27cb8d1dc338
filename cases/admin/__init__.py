from copy import copy

from django.contrib import admin
from django.db.models import URLField

from cases import actions
from cases.admin import notices, updates
from cases.models import (
    CannedReply,
    Case,
    PriorityRule,
    ProductArea,
    Qualification,
    ResponseTarget,
    SupportHoliday,
    SupportHours,
    Team,
    TeamMember,
    TimelineEntry,
)
from contacts.admin import ReadOnlyAdmin
from contacts.models import User

__all__ = ["notices", "updates"]


@admin.register(ProductArea)
class ProductAreaAdmin(admin.ModelAdmin):
    list_display = ["name", "team", "technical_only", "is_active", "order", "training"]
    list_editable = ["team", "is_active", "order"]
    list_filter = ["team", "technical_only", "is_active"]
    search_fields = ["name"]
    # An address without a scheme is taken for one of https, the only one that is stored.
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin):
    """Words that agents insert into what they write, on cases of an area or on all."""

    list_display = ["title", "product_area", "is_active"]
    list_editable = ["is_active"]
    list_filter = ["is_active", "product_area"]
    list_select_related = ["product_area"]
    search_fields = ["title", "text"]


class TeamMemberInline(admin.TabularInline):
    model = TeamMember
    extra = 1

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.of_support()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Who is told of new cases of which product areas; an area names its team on its own page."""

    list_display = ["name", "works_updates"]
    search_fields = ["name"]
    inlines = [TeamMemberInline]


class FollowedAdmin(admin.ModelAdmin):
    """Tables whose every change is followed by an action, ``follow(what, by=)``."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        self.follow(obj, by=request.user)

    def delete_model(self, request, obj):
        kept = copy(obj)
        super().delete_model(request, obj)
        self.follow(kept, by=request.user)

    def get_actions(self, request):
        """None: one at a time, so that each is followed and audited."""
        return {}


class AnsweringAdmin(FollowedAdmin):
    """What the due times of answers rest on: those that are running are counted anew."""

    follow = staticmethod(actions.recount_answers)


@admin.register(ResponseTarget)
class ResponseTargetAdmin(AnsweringAdmin):
    list_display = ["priority", "first_answer_hours", "next_answer_hours"]


@admin.register(SupportHours)
class SupportHoursAdmin(AnsweringAdmin):
    list_display = ["weekday", "opens_at", "closes_at"]


@admin.register(SupportHoliday)
class SupportHolidayAdmin(AnsweringAdmin):
    list_display = ["name", "first_on", "last_on"]
    date_hierarchy = "first_on"


@admin.register(PriorityRule)
class PriorityRuleAdmin(FollowedAdmin):
    """The table from which a case gets its priority."""

    follow = staticmethod(actions.change_priority_rules)
    list_display = [
        "priority",
        "order",
        "urgency",
        "blocks_work",
        "has_workaround",
        "users_at_least",
        "schools_at_least",
    ]
    list_editable = ["order"]
    help_text = (
        "The first rule that fits a new case gives its priority, in this order; where none fits, the priority is "
        "Normal. A case that exists keeps its priority when the rules change, until its urgency or impact is corrected."
    )
    fieldsets = [
        (None, {"fields": ["order"], "description": help_text}),
        ("If", {"fields": ["urgency", "blocks_work", "has_workaround", "users_at_least", "schools_at_least"]}),
        ("Then", {"fields": ["priority"]}),
    ]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"subtitle": self.help_text} | (extra_context or {}))


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
    list_filter = ["status", "kind", "priority", "is_exception", "settled_as", "product_area"]
    list_select_related = ["district", "product_area", "contact", "assignee"]
    search_fields = ["search"]
    search_help_text = "A case number, a contact's or caller's name, or words of the subject, description or steps."
    exclude = ["search"]

    def get_search_results(self, request, queryset, search_term):
        """By the full-text index, as on the portal's own pages."""
        return (queryset.matching(search_term) if search_term.strip() else queryset), False


@admin.register(Qualification)
class QualificationAdmin(ReadOnlyAdmin):
    list_display = ["case", "district", "attempted", "setting", "environment", "version"]
    list_filter = ["frequency", "environment"]
    list_select_related = ["case", "district"]
    search_fields = ["=case__number"]
    search_help_text = "A case number."
    ordering = ["-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("case__search", "case__description", "case__steps_to_replicate")


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
