from dataclasses import dataclass
from datetime import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.forms import DeliveriesForm
from contacts.models import ALWAYS_AT_ONCE, Kind, Message
from contacts.models.keys import is_key
from contacts.pagination import paginate
from contacts.views.shortcuts import posted, refusals_on, render_form

UNREAD_FIRST = ["is_read", "-newest_at", "-newest"]
NEWEST_FIRST = ["-pk"]


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    unread: int
    is_current: bool


@permission_required("contacts.read_messages", raise_exception=True)
@require_safe
def message_center(request):
    """What one was told about, each once: unread first, then the newest."""
    mine, kind = Message.objects.visible_to(request.user), _kind(request)
    page = paginate(mine.filter(**_of(kind)).in_groups(), UNREAD_FIRST, request.GET.get("cursor", ""))
    found = mine.in_bulk([group.newest for group in page.rows])
    context = {
        "page": page,
        "rows": [(found[group.newest], group) for group in page.rows],
        "tabs": list(_tabs(mine, kind)),
        "kind": kind,
        "newest": max(found, default=0),
    }
    return render(request, "contacts/messages.html", context)


def _kind(request):
    """The kind that the address asks for, or none for every one."""
    kind = request.GET.get("kind", "")
    return Kind(kind) if kind in Kind else None


def _of(kind):
    return {"kind": kind} if kind else {}


def _address(kind):
    return f"{reverse('contacts:messages')}?{urlencode(_of(kind))}" if kind else reverse("contacts:messages")


def _tabs(mine, current):
    """Of the kinds of which there are messages."""
    unread = mine.unread_by_kind()
    yield Tab("All", _address(None), sum(unread.values()), current is None)
    for kind in Kind:
        if kind in unread or kind == current:
            yield Tab(kind.label, _address(kind), unread.get(kind, 0), kind == current)


@permission_required("contacts.read_messages", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def open_message(request, pk):
    """Mark the message read and go to what it is about; where that is no page, to the message itself."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    actions.mark_read(message)
    return redirect(message.link or reverse("contacts:messages_about", args=[pk]))


@permission_required("contacts.read_messages", raise_exception=True)
@require_safe
def messages_about(request, pk):
    """All that one was told about the same, in full, the newest first."""
    mine = Message.objects.visible_to(request.user)
    message = get_object_or_404(mine, pk=pk)
    page = paginate(mine.of_same_group(message), NEWEST_FIRST, request.GET.get("cursor", ""))
    actions.mark_read(message)
    return render(request, "contacts/messages_about.html", {"message": message, "page": page})


@permission_required("contacts.read_messages", raise_exception=True)
@require_POST
def mark_read(request, pk):
    actions.mark_read(get_object_or_404(Message.objects.visible_to(request.user), pk=pk))
    return redirect(_address(_kind(request)))


@permission_required("contacts.read_messages", raise_exception=True)
@require_POST
def mark_all_read(request):
    newest, kind = request.POST.get("newest", ""), _kind(request)
    if is_key(newest):
        actions.mark_all_read(request.user, newest=int(newest), **_of(kind))
        messages.success(request, "Everything you saw is marked as read.")
    return redirect(_address(kind))


@permission_required("contacts.read_messages", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request):
    """Which messages one also gets by e-mail, and when."""
    form = DeliveriesForm(posted(request), person=request.user)
    if form.is_valid():
        with refusals_on(form):
            actions.choose_deliveries(form.cleaned_data, by=request.user)
            messages.success(request, "How you are told is saved.")
            return redirect("contacts:messages")
    context = {"always": ALWAYS_AT_ONCE, "hour": time(settings.MESSAGE_DIGEST_HOUR), "zone": request.user.zone}
    return render_form(request, "contacts/deliveries.html", form, context)
