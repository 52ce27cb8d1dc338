from celery import shared_task

from contacts import actions, message_center


@shared_task
def flag_inactive_contacts():
    actions.flag_inactive()


@shared_task
def email_unsent_messages():
    message_center.email_unsent()
