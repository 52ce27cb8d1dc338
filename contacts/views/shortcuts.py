"""What views of every app share: binding a form, answering a refused action with the same page, and the way back."""

from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from contacts import ActionRefused, DuplicateSubmission, Outdated


def posted(request):
    """What a form binds to: nothing unless it was sent."""
    return request.POST if request.method == "POST" else None


@contextmanager
def refusals_on(form):
    """Run an action inside: refused, the form says why and keeps what was typed, and the code after it goes on."""
    try:
        yield
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        form.is_refused = True
        if isinstance(refusal, DuplicateSubmission):
            form.data = form.data.copy()
            form.data[form.add_prefix("idempotency_key")] = str(uuid4())
        if isinstance(refusal, Outdated):
            form.show_unread(refusal.news)


def page_before(request):
    """The path of the page that the person comes from, if it is one of ours; else an empty text."""
    referer = request.headers.get("Referer", "")
    path = urlsplit(referer)._replace(scheme="", netloc="").geturl()
    ours = url_has_allowed_host_and_scheme(referer, request.get_host()) and url_has_allowed_host_and_scheme(path, None)
    return path if ours else ""


def render_form(request, template, form, context):
    """The page of the form; 409 Conflict (RFC 9110) after a refused action, since the input itself was fine."""
    status = 409 if getattr(form, "is_refused", False) else 200
    return render(request, template, {"form": form, **context}, status=status)
