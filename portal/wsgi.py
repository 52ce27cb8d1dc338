import os

from django.core.wsgi import get_wsgi_application

# So that "the current Celery app" is ours in the site's processes, too.
import portal.celery  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
