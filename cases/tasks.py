from celery import shared_task

from cases import actions
from contacts import scope


@shared_task
def follow_up_on_resolutions():
    with scope.system("follow up on resolutions"):
        actions.follow_up()


@shared_task
def remind_of_calls():
    with scope.system("remind of calls"):
        actions.remind_of_calls()


@shared_task
def remind_of_handovers():
    with scope.system("remind of handovers"):
        actions.remind_of_handovers()
