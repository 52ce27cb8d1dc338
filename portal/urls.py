from allauth.account import urls as account_urls
from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from cases.views import reports, status
from portal.sign_in import AuthenticateView, EnrollView, ReauthenticateView
from portal.views import components, home, pages

# People are imported or invited and keep the e-mail address that their district knows, so allauth's pages for
# signing up and for changing addresses stay out.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

admin.site.login = secure_admin_login(admin.site.login)

handler500 = pages.server_error

urlpatterns = [
    path("", home.home, name="home"),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("accounts/", include([url for url in account_urls.urlpatterns if url.name in ACCOUNT_PAGES])),
    path("accounts/2fa/authenticate/", AuthenticateView.as_view(), name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", ReauthenticateView.as_view(), name="mfa_reauthenticate"),
    path("accounts/2fa/totp/activate/", EnrollView.as_view(), name="mfa_activate_totp"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("cases/", include("cases.urls")),
    path("reports/", reports.reports, name="reports"),
    *(path(f"reports/{name}/", reports.SECTIONS[name], name=f"reports_{name}") for name in reports.SECTIONS),
    *(path(f"reports/{name}.csv", reports.FILES[name], name=f"reports_csv_{name}") for name in reports.FILES),
    path("updates/", include("cases.urls.updates")),
    path("status/", status.status, name="status"),
    path("notices/", include("cases.urls.notices")),
    path("credentials/", include("credentials.urls")),
    path("", include("contacts.urls")),
    path("admin/", admin.site.urls),
]

if settings.COMPONENT_PAGE:
    urlpatterns.append(path("components/", components.components, name="components"))
