import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "flag inactive contacts": {"task": "contacts.tasks.flag_inactive_contacts", "schedule": crontab(minute=7)},
    "end designations": {"task": "contacts.tasks.end_designations", "schedule": crontab(minute="*/5")},
    "watch coverage": {"task": "contacts.tasks.watch_coverage", "schedule": crontab(minute="2-59/5")},
    "warn of agreements that expire": {"task": "contacts.tasks.warn_of_agreements", "schedule": crontab(minute=27)},
    "remind of credentials that expire": {"task": "credentials.tasks.remind_of_expiry", "schedule": crontab(minute=37)},
    "follow up on resolutions": {"task": "cases.tasks.follow_up_on_resolutions", "schedule": crontab(minute=17)},
    "remind of calls": {"task": "cases.tasks.remind_of_calls", "schedule": crontab(minute="*/5")},
    "remind of handovers": {"task": "cases.tasks.remind_of_handovers", "schedule": crontab(minute="*/10")},
    "remind of updates": {"task": "cases.tasks.remind_of_updates", "schedule": crontab(minute="*/10")},
    "announce notices": {"task": "cases.tasks.announce_notices", "schedule": crontab(minute="4-59/10")},
    "write the status": {
        "task": "cases.tasks.write_status",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
    "follow up on credential requests": {
        "task": "credentials.tasks.follow_up_requests",
        "schedule": crontab(minute="9-59/15"),
    },
    "offer cases": {"task": "cases.tasks.offer_cases", "schedule": crontab(minute="*/5")},
    "forget presences": {"task": "cases.tasks.forget_presences", "schedule": crontab(minute=47)},
    # What no worker took in time is dropped: the next one does the same.
    "e-mail what is not yet e-mailed": {
        "task": "contacts.tasks.email_unsent_messages",
        "schedule": 15.0,
        "options": {"expires": 60},
    },
    "e-mail what people want once a day": {
        "task": "contacts.tasks.email_digests",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "check the audit": {"task": "contacts.tasks.check_audit", "schedule": crontab(hour=2, minute=41)},
    "forget sessions that have ended": {"task": "portal.tasks.clear_sessions", "schedule": crontab(hour=3, minute=23)},
}
