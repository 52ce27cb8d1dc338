from celery import shared_task

from contacts import scope
from credentials import actions


@shared_task
def remind_of_expiry():
    with scope.system("remind of credentials that expire"):
        actions.remind_of_expiry()
