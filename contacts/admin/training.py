"""What training there is, for whom, and where people stay current; what they completed is only read."""

from django.contrib import admin
from django.db import models

from contacts.admin._common import DistrictFilter, ReadOnlyAdmin
from contacts.models import TrainingCompletion, TrainingModule, TrainingNeed, TrainingResource

# An address without a scheme is taken for one of https, the only one that is stored.
HTTPS = {models.URLField: {"assume_scheme": "https"}}


class TrainingNeedInline(admin.TabularInline):
    model = TrainingNeed
    extra = 1


@admin.register(TrainingModule)
class TrainingModuleAdmin(admin.ModelAdmin):
    list_display = ["name", "for_roles", "link", "is_current", "order"]
    list_editable = ["is_current", "order"]
    list_filter = ["is_current", "needs__level", "needs__role"]
    search_fields = ["name", "description"]
    inlines = [TrainingNeedInline]
    formfield_overrides = HTTPS

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("needs")

    @admin.display(description="for")
    def for_roles(self, module):
        return ", ".join(
            f"{need.get_role_display().lower()} ({need.get_level_display().lower()})" for need in module.needs.all()
        )


@admin.register(TrainingResource)
class TrainingResourceAdmin(admin.ModelAdmin):
    list_display = ["name", "link", "order"]
    list_editable = ["order"]
    search_fields = ["name"]
    formfield_overrides = HTTPS


@admin.register(TrainingCompletion)
class TrainingCompletionAdmin(ReadOnlyAdmin):
    list_display = ["person", "district", "module", "completed_on", "recorded_by", "confirmed_by", "withdrawn_at"]
    list_filter = ["module", ("withdrawn_at", admin.EmptyFieldListFilter), DistrictFilter]
    list_select_related = ["person", "district", "module", "recorded_by", "confirmed_by"]
    search_fields = ["person__last_name", "person__first_name", "person__email"]
    date_hierarchy = "completed_on"
