from celery import shared_task

from contacts import actions, message_center, scope


@shared_task
def flag_inactive_contacts():
    with scope.system("flag inactive contacts"):
        actions.flag_inactive()


@shared_task
def email_unsent_messages():
    with scope.system("e-mail unsent messages"):
        message_center.email_unsent()


@shared_task
def check_audit():
    with scope.system("check the audit"):
        actions.check_audit()
