"""What the migrations put in, and a test that commits takes away with everything else."""

from datetime import time
from importlib import import_module

from django.apps import apps

from cases.models import ProductArea, ResponseTarget, SupportHours
from credentials.models import CredentialField


def put_back():
    """As the migrations did it, where the tables are empty."""
    if not ProductArea.objects.exists():
        import_module("contacts.migrations.0021_training").add_modules(apps, None)
        import_module("cases.migrations.0002_product_areas").add_areas(apps, None)
        import_module("cases.migrations.0018_priorities").add_rules(apps, None)
        for priority, first, following in import_module("cases.migrations.0013_response_targets").URGENCIES:
            ResponseTarget.objects.create(priority=priority, first_answer_hours=first, next_answer_hours=following)
        for weekday in range(5):
            SupportHours.objects.create(weekday=weekday, opens_at=time(8), closes_at=time(17))
        import_module("cases.migrations.0029_sites_and_updates").route_technical_areas(apps, None)
        import_module("credentials.migrations.0002_credential_types").ship_types(apps, None)
        types_as_data = import_module("credentials.migrations.0008_types_as_data")
        types_as_data.depend_on_subject_type(CredentialField.objects.filter(type__code="ED", element="subjects"))
        types_as_data.ship_vocabularies(apps, None)
        import_module("credentials.migrations.0016_what_it_belongs_to").ask_of_endorsements(apps, None)
