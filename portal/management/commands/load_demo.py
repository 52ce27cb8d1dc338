"""Load two invented districts and a Support team into an empty database; everybody's password is portal-demo."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from contacts.models import User
from portal import demo


class Command(BaseCommand):
    help = __doc__

    def handle(self, *, verbosity, **options):
        if not settings.DEMO:
            raise CommandError("Everybody knows the demo people's password, so this needs DEMO=true.")
        if User.objects.exists():
            raise CommandError("The demo data goes into an empty database only, and this one has people in it.")
        demo.load()
        if verbosity:
            self.stdout.write(f"The demo people are in. Their password is {demo.PASSWORD}.")
