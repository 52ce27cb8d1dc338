"""What pages of the admin share."""

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.template.response import TemplateResponse

from contacts import ActionRefused, actions
from contacts.models import District


class RefusingAdmin(admin.ModelAdmin):
    """Shows a refused action as a message; the forms catch most refusals first."""

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ActionRefused as refusal:
            # Django's own transaction took back what the action noted.
            actions.note_refusal(refusal)
            self.message_user(request, str(refusal), level="ERROR")
            return self.response_post_save_change(request, None)


class ReadOnlyAdmin(admin.ModelAdmin):
    """What happened stays as it happened: nothing is added, changed or deleted here."""

    show_full_result_count = False

    def changelist_view(self, request, extra_context=None):
        """Django answers an unreadable date with a redirect, and one that is too large with an error."""
        try:
            response = super().changelist_view(request, extra_context)
        except OverflowError:
            response = None
        if response is None or response.headers.get("Location", "").endswith(f"?{ERROR_FLAG}=1"):
            reason = "A date or filter in the address could not be read. Choose it from the list again."
            return TemplateResponse(request, "400.html", {"reason": reason}, status=400)
        return response

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class TypedFilter(admin.SimpleListFilter):
    """A filter that one types into: there are too many people and districts to list."""

    template = "admin/typed_filter.html"

    def lookups(self, request, model_admin):
        return [("", "")]

    def choices(self, changelist):
        others = [
            (name, values[-1]) for name, values in changelist.filter_params.items() if name != self.parameter_name
        ]
        yield {"name": self.parameter_name, "value": self.value() or "", "others": others}

    def queryset(self, request, queryset):
        return self.narrow(queryset, self.value()) if self.value() else queryset


class DistrictFilter(TypedFilter):
    title = parameter_name = "district"

    def narrow(self, queryset, words):
        return queryset.filter(district__in=District.objects.named(words))


def run(model_admin, request, action, *args, done, **kwargs):
    try:
        action(*args, by=request.user, **kwargs)
        model_admin.message_user(request, done)
    except ActionRefused as refusal:
        model_admin.message_user(request, str(refusal), level="WARNING")
