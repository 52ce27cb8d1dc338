from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.models import Message

PAGE = 25


@permission_required("contacts.read_messages", raise_exception=True)
@require_safe
def message_center(request):
    """Unread first, then the newest."""
    mine = Message.objects.visible_to(request.user)
    last, was_read = _last_seen(mine, request.GET.get("after", ""))
    rows = mine.after(last, is_read=was_read) if last else mine.unread_first()
    found = list(rows[: PAGE + 1])
    context = {
        "rows": found[:PAGE],
        "newest": max((message.pk for message in found), default=0),
        "first_url": reverse("contacts:messages") if last else "",
        "next_url": f"?after={_position(found[PAGE - 1])}" if len(found) > PAGE else "",
    }
    return render(request, "contacts/messages.html", context)


@permission_required("contacts.read_messages", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def open_message(request, pk):
    """Mark the message read and go to what it is about."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    actions.mark_read(message)
    return redirect(message.link or "contacts:messages")


@permission_required("contacts.read_messages", raise_exception=True)
@require_POST
def mark_read(request, pk):
    actions.mark_read(get_object_or_404(Message.objects.visible_to(request.user), pk=pk))
    return redirect("contacts:messages")


@permission_required("contacts.read_messages", raise_exception=True)
@require_POST
def mark_all_read(request):
    newest = request.POST.get("newest", "")
    if newest.isdecimal() and len(newest) < 19:
        actions.mark_all_read(request.user, newest=int(newest))
        messages.success(request, "Everything you saw is marked read.")
    return redirect("contacts:messages")


def _position(message):
    """Where a message stood when the reader saw it: read or unread, and its key."""
    return f"{'read' if message.is_read else 'unread'}-{message.pk}"


def _last_seen(mine, position):
    state, _, key = position.partition("-")
    known = state in ("read", "unread") and key.isdecimal() and len(key) < 19
    return (mine.filter(pk=key).first() if known else None), state == "read"
