"""What the packages put into the admin, put right for this portal."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from contacts import audit

# An address belongs to its person, where a change of it is audited; roles come from designations, not from groups.
admin.site.unregister([EmailAddress, Group, Authenticator])


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """For a lost phone: remove the second factor, and its owner sets up a new one at the next sign-in."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__last_name"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def delete_model(self, request, authenticator):
        audit.record("person.remove_second_factor", by=request.user, on=authenticator.user, type=authenticator.type)
        super().delete_model(request, authenticator)

    def get_actions(self, request):
        """None: one at a time, so that each removal is somebody's decision."""
        return {}
