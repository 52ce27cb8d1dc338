from django.conf import settings
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from portal import sign_in
from portal.access import hats

# What a person who still owes a second factor may reach, besides pages that are open to strangers.
ENROLMENT = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
}


class SecondFactorMiddleware:
    """Roles of MFA_REQUIRED_ROLES reach nothing but enrolment until a second factor was used in this session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True) or request.resolver_match.view_name in ENROLMENT:
            return None
        user = request.user
        if not user.is_authenticated or settings.MFA_REQUIRED_ROLES.isdisjoint(hats(user)):
            return None
        if sign_in.used_second_factor(request):
            return None
        enrolled = sign_in.has_second_factor(user)
        return redirect("mfa_reauthenticate" if enrolled else "mfa_activate_totp")


class TimeZoneMiddleware:
    """Times are shown in the reader's zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            with timezone.override(request.user.zone):
                return self.get_response(request)
        return self.get_response(request)


class PrivatePagesMiddleware:
    """What a signed-in person saw stays out of shared and back-button caches; devices' sensors stay off."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response
