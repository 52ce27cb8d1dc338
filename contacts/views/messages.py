from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.models import Message
from contacts.pagination import paginate

# An index holds this order.
UNREAD_FIRST = ["is_read", "-created_at", "-pk"]


@permission_required("contacts.read_messages", raise_exception=True)
@require_safe
def message_center(request):
    """Unread first, then the newest."""
    mine = Message.objects.visible_to(request.user)
    page = paginate(mine.with_is_read(), UNREAD_FIRST, request.GET.get("cursor", ""))
    newest = max((message.pk for message in page.rows), default=0)
    return render(request, "contacts/messages.html", {"page": page, "newest": newest})


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
        messages.success(request, "Everything you saw is marked as read.")
    return redirect("contacts:messages")
