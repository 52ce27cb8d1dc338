from urllib.parse import urlencode

from django.urls import reverse


def cases_list(**query):
    """The address of the list of cases, narrowed."""
    return f"{reverse('cases:list')}?{urlencode(query)}"
