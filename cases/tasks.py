from celery import shared_task

from cases import actions
from contacts import scope


@shared_task
def follow_up_on_resolutions():
    with scope.system("follow up on resolutions"):
        actions.follow_up()
