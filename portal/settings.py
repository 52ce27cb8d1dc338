"""Every setting of the portal. What differs between machines comes from the environment, read here and nowhere else."""

import sys
from datetime import date, time, timedelta
from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.database import postgresql, set_timeouts
from portal.embedded import Embedded
from portal.maintenance import weekly_windows

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env("PORTAL_DATA_DIR", default=BASE_DIR / ".data"))
STATUS_FILE = Path(env("STATUS_FILE", default=DATA_DIR / "status.json"))
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address that e-mail links start with.
PORTAL_URL = env("PORTAL_URL", default="http://localhost:8000").rstrip("/")
PORTAL_NAME = env("PORTAL_NAME", default="District Support Portal")
# Without one, no page asks anyone to call.
SUPPORT_PHONE = env("SUPPORT_PHONE", default="555-0199" if DEMO else "")
# How soon a contact calls about a critical case, before both sides are reminded.
PHONE_FOLLOW_UP_WITHIN = timedelta(minutes=env.int("PHONE_FOLLOW_UP_MINUTES", default=30))
# A page that shows every template partial in all its states; for development and tests.
COMPONENT_PAGE = env.bool("COMPONENT_PAGE", default=DEBUG)

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "contacts",
    "cases",
    "credentials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "lucide",
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # Last, so that its admin module can put right what the packages registered.
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before everything that may refuse, so that refusals carry the headers too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.PermissionsPolicyMiddleware",
    "portal.middleware.ProhibitNullCharactersMiddleware",
    "portal.middleware.WithoutSessionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.ScopeMiddleware",
    "portal.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.SecondFactorRequiredMiddleware",
    "portal.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.middleware.NeverCacheMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.RedirectMethodNotAllowedMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.portal",
            ],
        },
    },
]
# Widgets are drawn by our templates where there is one: templates/django/forms/.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = not DEBUG

# --- data ---------------------------------------------------------------------------------------------------------

_embedded = Embedded(DATA_DIR)

DATABASE_URL = env("DATABASE_URL", default=_embedded.database_url)
DATABASES = {"default": postgresql(DATABASE_URL)}
DATABASE_ROLE = DATABASES["default"]["USER"]
# Who owns the tables and changes them (manage.py migrate); nothing else connects as that role.
DATABASE_OWNER = postgresql(env("DATABASE_OWNER_URL", default="") or DATABASE_URL, "DATABASE_OWNER_URL")
# A page or a task waits only so long, so that it does not hold up others. Commands may take longer.
if Path(sys.argv[0]).name != "manage.py":
    set_timeouts(
        DATABASES["default"],
        lock_timeout=env.int("DATABASE_LOCK_TIMEOUT", default=5),
        statement_timeout=env.int("DATABASE_STATEMENT_TIMEOUT", default=30),
        # As long as the longest task, which may wait for the mail server meanwhile.
        idle_in_transaction_session_timeout=env.int("DATABASE_IDLE_TIMEOUT", default=240),
    )
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Rate counters must hold when Redis is down, so the cache lives in PostgreSQL.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # Django's 300 would throw counters away, and with them lockouts, on any busy morning.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", default=12)).total_seconds())

# --- Celery: Redis is the broker and nothing else -----------------------------------------------------------------

CELERY_BROKER_URL = env("REDIS_URL", default=_embedded.redis_url)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task, so that no task is handed out twice; a killed worker's task comes back after it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A Redis that hangs counts as one that is down.
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

# --- sign-in ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "contacts.User"
AUTHENTICATION_BACKENDS = ["portal.access.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.forms.LoginForm",
    "reauthenticate": "portal.forms.ReauthenticateForm",
    "reset_password": "portal.forms.ResetPasswordForm",
    "reset_password_from_key": "portal.forms.ResetPasswordKeyForm",
    "change_password": "portal.forms.ChangePasswordForm",
    "set_password": "portal.forms.SetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "portal.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a path
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{PORTAL_NAME}: "
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Only failures count, so that a whole district can sign in at 8:00 behind one address. login_failed counts passwords by
# person and browser or address, and codes by person; the two wide ones count by person and by address.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key,50/d/key",
    "login_failed_person": "200/d/key",
    "login_failed_address": "300/10m/ip",
    "reset_password": "300/10m/ip,5/h/key",
    # The key in the link cannot be guessed.
    "reset_password_from_key": None,
}
KNOWN_BROWSER_AGE = timedelta(days=90)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "portal.sign_in.MFAAdapter"
MFA_FORMS = {
    "authenticate": "portal.forms.AuthenticateForm",
    "reauthenticate": "portal.forms.ReauthenticateByCodeForm",
    "activate_totp": "portal.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PORTAL_NAME
# Encrypts the second factors' secrets at rest; without one of its own it is derived from SECRET_KEY.
MFA_ENCRYPTION_KEY = env("MFA_ENCRYPTION_KEY", default="")
# Roles that reach nothing but enrollment until a second factor is set up and used; "admin" is every Django admin.
_powerful = ["support_agent", "support_lead", "credential_approver", "district_administrator"]
_powerful += ["technical_contact", "admin"]
MFA_REQUIRED_ROLES = frozenset(env.list("MFA_REQUIRED_ROLES", default=[] if DEMO else _powerful))

# --- e-mail -------------------------------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="portal@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20  # seconds
EMAIL_BATCH_SIZE = 100
EMAIL_MAX_ATTEMPTS = 8
EMAIL_GIVE_UP_AFTER = timedelta(days=7)
# When the daily e-mails go out, by the clock of whom they are for.
MESSAGE_DIGEST_HOUR = env.int("MESSAGE_DIGEST_HOUR", default=7)
if MESSAGE_DIGEST_HOUR not in range(24):
    raise ImproperlyConfigured("MESSAGE_DIGEST_HOUR is an hour of the day, from 0 to 23.")

# --- district policy ----------------------------------------------------------------------------------------------

# Warnings come so many days before the flag. Who is flagged is deactivated after so many days; 0: never by the clock.
CONTACT_INACTIVE_AFTER, CONTACT_WARN_DAYS_BEFORE = timedelta(days=180), (30, 14, 1)
DEACTIVATE_FLAGGED_AFTER_DAYS = env.int("DEACTIVATE_FLAGGED_AFTER_DAYS", default=0)
# A district is told so long before the role of a contact ends whom it needs.
ALERT_OF_GAP_BEFORE = timedelta(days=30)
AGREEMENT_WARN_DAYS_BEFORE = (60, 30, 7)
CASE_REOPEN_WITHIN = timedelta(days=60)
# The same words of the same person within this time are asked about: a case, or Back and once more?
CASE_SAME_WITHIN = timedelta(minutes=10)
# A resolution without an answer: reminders on these business days of the district's calendar, then Support closes the
# case; at these times of the district's day. The day of the resolution is day 0.
CASE_REMIND_ON, CASE_REMIND_AT = (3, 6, 9), time(8)
CASE_CLOSE_ON, CASE_CLOSE_AT = 10, time(17)
# When Support's day begins and ends (its hours are in the admin), and how soon an answer is due soon.
SUPPORT_TIME_ZONE = env("SUPPORT_TIME_ZONE", default="America/Chicago")
CASE_ANSWER_DUE_SOON_HOURS = 4
# Within so many of Support's business hours a contact of the district accepts an exception case.
EXCEPTION_HANDOVER_HOURS = env.int("EXCEPTION_HANDOVER_HOURS", default=8)
# Whether the staff of a new district may request changes to their credentials, until the district says otherwise.
STAFF_MAY_REQUEST_CHANGES = env.bool("STAFF_MAY_REQUEST_CHANGES", default=True)
# After so many business days approvers are reminded of a credential request, and then its administrators told.
CREDENTIAL_REMIND_AFTER_DAYS = env.int("CREDENTIAL_REMIND_AFTER_DAYS", default=3)
CREDENTIAL_ESCALATE_AFTER_DAYS = env.int("CREDENTIAL_ESCALATE_AFTER_DAYS", default=6)
# Renewing takes months, so a record says in good time that it runs out.
CREDENTIAL_EXPIRES_SOON = timedelta(days=180)
# The holder is reminded so many days before, once each; somebody else may remind again after this time.
CREDENTIAL_REMIND_DAYS_BEFORE, CREDENTIAL_REMIND_AGAIN_AFTER = (180, 90, 30), timedelta(days=1)
# How far ahead one looks for what expires.
CREDENTIAL_FORECAST_MONTHS = 18
# The last day of the school year, as month and day: until then a qualification should hold.
try:
    SCHOOL_YEAR_ENDS = date.fromisoformat("2001-" + env("SCHOOL_YEAR_ENDS", default="06-30"))
except ValueError as wrong:
    raise ImproperlyConfigured("SCHOOL_YEAR_ENDS is a month and a day, such as 06-30.") from wrong
RECOMMENDED_SUPPORT_CONTACTS, RECOMMENDED_TECHNICAL_CONTACTS = 2, 1
# When sites are refreshed and updated, by kind of site and in this zone; and how long before that it is asked for.
MAINTENANCE_TIME_ZONE = env("MAINTENANCE_TIME_ZONE", default="America/Chicago")
_windows = "production Thu 00:30-03:30; sandbox Tue 20:00-22:00, Thu 20:00-22:00; "
_windows += "staging Tue 20:00-22:00, Thu 20:00-22:00; preview Thu 20:00-22:00"
MAINTENANCE_WINDOWS = weekly_windows(env("MAINTENANCE_WINDOWS", default=_windows))
UPDATE_LEAD_TIME = timedelta(days=env.int("UPDATE_LEAD_DAYS", default=5))
# How long before it begins a district is told of maintenance.
MAINTENANCE_ANNOUNCED_BEFORE = timedelta(days=env.int("MAINTENANCE_ANNOUNCE_DAYS", default=14))
# What the vendor calls its hosting.
HOSTED_BY_VENDOR_LABEL = env("HOSTED_BY_VENDOR_LABEL", default="Hosted by the vendor")

# --- the page -----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "portal.formats"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", Path(find_spec("bootstrap_wrapper").origin).parents[1] / "bootstrap"),
]
# Static files are compressed and cached for good, under names that change with their content. Pages are not compressed:
# they echo what people type beside what only they may read, and the size of such an answer tells on it (BREACH). Django
# masks its CSRF tokens against that, but not the words of a case.
# In development and tests files are served from where they lie, without collectstatic.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# --- security -----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **dict.fromkeys(["default-src", "frame-ancestors", "base-uri"], (NONE,)),
        **dict.fromkeys(["script-src", "style-src", "font-src", "connect-src", "form-action"], (SELF,)),
        "img-src": [SELF, "data:"],
    },
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
# The one-machine portal speaks plain HTTP on the loopback; a real server sits behind TLS and sets this.
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    # A page that is refused or not found is an answer, not an event: no traceback on the console for it.
    "loggers": {"django.request": {"level": "ERROR"}},
}
