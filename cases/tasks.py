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


@shared_task
def offer_cases():
    with scope.system("offer cases whose contact is gone"):
        actions.offer_cases()


@shared_task
def forget_presences():
    with scope.system("forget which agents had a case open"):
        actions.forget_presences()


@shared_task
def announce_notices():
    with scope.system("announce maintenance, and remind of it"):
        actions.announce_notices()


@shared_task
def write_status():
    with scope.system("write the public status"):
        actions.write_status()


@shared_task
def remind_of_updates():
    with scope.system("remind of updates of the day after"):
        actions.remind_of_updates()
