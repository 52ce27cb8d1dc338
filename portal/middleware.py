import re
from contextlib import suppress
from urllib.parse import urljoin

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth import middleware as auth_middleware
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import base36_to_int
from django.views import defaults

from contacts import audit, scope
from contacts.views.exports import LinesResponse
from contacts.views.shortcuts import page_before
from portal import sign_in
from portal.access import principals

# What a person who has yet to use a second factor may reach, besides the public pages.
ENROLLMENT_VIEWS = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_reauthenticate",
}

ADMIN_OPENED = "admin_opened"

# Fields of a form that nobody typed, or that nobody may see again: passwords and codes, hidden fields, buttons,
# and lists to choose from whose values are numbers.
NOT_TYPED = re.compile(
    r"password|token|_FORMS$|-id$|^_"
    r"|^(code|idempotency_key|record_version|record_state|version|seen|save_draft|shown_fields|newest|next|send_sensitive|show_fields|type|district|school|product_area|agent|contact)$"
    r"|^(accepted|again|content|look|mode|only|panel|writing|back|view|sort|q)$"
)


class PermissionsPolicyMiddleware:
    """No page needs a camera, a microphone or a location, so browsers never offer them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


class ProhibitNullCharactersMiddleware:
    """PostgreSQL stores no null character, so an address or cookie with one is a bad request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = request.path_info + request.META.get("QUERY_STRING", "").replace("%00", "\0")
        if "\0" in address or any("\0" in value for value in request.COOKIES.values()):
            return defaults.bad_request(request, None)
        # Our forms are UTF-8, whatever a request claims: an unknown charset must not end in a server error.
        request.encoding = "utf-8"
        return self.get_response(request)


class WithoutSessionMiddleware:
    """A page that ``needs_no_session`` is answered before the session, and with it the database, is asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        match = _match_of(request)
        if getattr(match.func, "needs_no_session", False):
            return match.func(request, *match.args, **match.kwargs)
        return self.get_response(request)


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """As Django's, but someone who was signed out while typing gets back what they typed."""

    def handle_no_permission(self, request, view_func):
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        context = {"typed": _typed(request.POST), "back": page_before(request)}
        return render(request, "account/signed_out.html", context, status=401)


def _typed(data):
    """What a person typed into a form, as (label, text)."""
    names = [name for name in data if not NOT_TYPED.search(name)]
    labels = {name: name.removeprefix("value_").replace("_", " ").capitalize() for name in names}
    labels["text"] = "Your text"
    return [(labels[name], text) for name in names for text in data.getlist(name) if text.strip()]


class RedirectMethodNotAllowedMiddleware:
    """An address that only takes forms, opened in a browser, leads to the page above it instead of a blank one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        in_browser = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        return redirect(urljoin(request.path, "../")) if in_browser and response.status_code == 405 else response


class ScopeMiddleware:
    """Each request reaches the rows of its person, in one transaction that is given up when the page fails.

    Pages for everyone, sign-in and health checks have no such transaction: counters of failed sign-ins must survive
    a refusal, and nobody waits for someone else's. There each statement is a transaction of its own. So it is on a page
    that calls an action for each of several rows (``commits_each_action``): each has a transaction of its own.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        match = _match_of(request)
        with scope.using(_scope_of(request, match)) as reached:
            if not getattr(match.func, "login_required", True) or hasattr(match.func, "commits_each_action"):
                return self.get_response(request)
            with transaction.atomic():
                response = self.get_response(request)
                if response.streaming and not isinstance(response, LinesResponse):
                    raise TypeError("A streamed answer would read the database after its scope has ended.")
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                elif reached.kind == "admin":
                    _note_admin(request, response)
            return response


def _match_of(request):
    """Where the address leads. One that leads nowhere has a page for everyone."""
    try:
        return resolve(request.path_info)
    except Resolver404:
        return ResolverMatch(defaults.page_not_found, (), {})


def _scope_of(request, match):
    """That of who is signed in, is halfway through signing in, or is named in the link to choose a password."""
    if key := request.session.get(SESSION_KEY):
        return scope.of_person(key=int(key), in_admin="admin" in match.app_names)
    halfway = request.session.get(LOGIN_SESSION_KEY) or {}
    if key := halfway.get("user_pk") or match.kwargs.get("uidb36"):
        with suppress(ValueError):
            return scope.of_person(key=base36_to_int(key))
    return scope.NONE


def _note_admin(request, response):
    """The admin reaches every row, so the audit tells who opened it: once in a session, when it shows a first page."""
    if response.status_code == 200 and not request.session.get(ADMIN_OPENED):
        request.session[ADMIN_OPENED] = True
        audit.record("admin.open", by=request.user, on=request.user)


class SecondFactorRequiredMiddleware:
    """Roles of MFA_REQUIRED_ROLES reach only enrollment until this session has used a second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True) or request.resolver_match.view_name in ENROLLMENT_VIEWS:
            return None
        user = request.user
        if not user.is_authenticated or settings.MFA_REQUIRED_ROLES.isdisjoint(principals(user)):
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


class NeverCacheMiddleware:
    """What a signed-in person saw stays out of shared caches and the back button's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
