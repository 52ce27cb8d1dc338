from celery import shared_task

from contacts import actions, message_center, scope


@shared_task
def flag_inactive_contacts():
    with scope.system("flag inactive contacts"):
        actions.flag_inactive()


@shared_task
def end_designations():
    with scope.system("end designations"):
        actions.end_due()


@shared_task
def watch_coverage():
    with scope.system("watch coverage"):
        actions.record_gaps()
        actions.alert_of_gaps()


@shared_task
def warn_of_agreements():
    with scope.system("warn of agreements that expire"):
        actions.warn_of_expiry()


@shared_task
def email_unsent_messages():
    with scope.system("e-mail unsent messages"):
        message_center.email_unsent()


@shared_task
def email_digests():
    with scope.system("e-mail what people want once a day"):
        message_center.email_digests()


@shared_task
def check_audit():
    with scope.system("check the audit"):
        actions.check_audit()
