from celery import shared_task

from contacts import scope
from credentials import actions


@shared_task
def remind_of_expiry():
    with scope.system("remind of credentials that expire"):
        actions.remind_of_expiry()


@shared_task
def follow_up_requests():
    with scope.system("follow up on credential requests that wait"):
        actions.follow_up_requests()
