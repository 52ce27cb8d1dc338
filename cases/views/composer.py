"""The composer under the thread: one text, and the modes in which it can be sent."""

from types import SimpleNamespace
from uuid import uuid4

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import actions
from cases.forms import DraftForm
from cases.models import CannedReply, Case, Draft, Presence
from cases.views.addresses import case_address, with_list
from contacts import ActionRefused

# What stays in one's own name first where nothing else is expected.
USUAL = ["reply", "reopen", "note"]


def composer_of(verbs, request, case, expected, sent):
    """What the page needs to show the composer; ``sent`` is the verb that was refused, with its words in its form."""
    modes = {name: verb for name, verb in verbs.items() if verb[0].mode}
    draft = Draft.objects.filter(case=case, person=request.user).first()
    if not modes:
        return SimpleNamespace(modes=[], draft=draft)
    active = _active_mode(modes, request, draft, expected, sent)
    canned = list(CannedReply.objects.offered_on(case)) if request.user.is_support else []
    if not (sent and sent.mode):
        _fill(modes, active, draft, next((c for c in canned if str(c.pk) == request.GET.get("canned")), None), case)
    return SimpleNamespace(
        modes=list(modes.values()),
        active=active,
        draft=draft,
        address=with_list(reverse("cases:draft", args=[case.pk]), request),
        canned=[(each, each.text_for(case)) for each in canned],
    )


def _active_mode(modes, request, draft, expected, sent):
    wanted = [sent and sent.name, request.GET.get("mode"), draft and draft.mode, expected, *USUAL, *modes]
    return next(name for name in wanted if name in modes)


def _fill(modes, active, draft, canned, case):
    """All modes are one text, so they are one form to the server: whichever is sent, the others are not."""
    key = draft.form_key if draft else uuid4()
    for _, form, _ in modes.values():
        form.initial["idempotency_key"] = key
    texts = [draft.text if draft else "", canned.text_for(case) if canned else ""]
    modes[active][1].initial["text"] = "\n\n".join(filter(None, texts))


@permission_required("cases.reply", raise_exception=True)
@require_POST
def draft(request, number):
    """Keep what is typed. The page's script gets the line that says so, a browser without it the page again."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=number)
    form = DraftForm(request.POST)
    kept = None
    if form.is_valid():
        try:
            kept = actions.save_draft(case=case, by=request.user, **form.cleaned_data)
        except ActionRefused:
            kept = None
    is_kept = bool(kept) or (form.is_valid() and not form.cleaned_data["text"])
    if request.htmx:
        return render(request, "cases/_draft_saved.html", {"draft": kept}, status=200 if is_kept else 409)
    mode = {"mode": form.cleaned_data["mode"]} if form.is_valid() else {}
    return redirect(f"{case_address(case, request, **mode)}#composer")


@permission_required("cases.work_case", raise_exception=True)
@require_POST
def here(request, number):
    """An open page reports, every now and then, and reads who else is there."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=number)
    return render(request, "cases/_here.html", {"others": others_at(case, request.user, request.POST.get("writing"))})


def others_at(case, user, is_writing=""):
    """The other agents who have the case open, once it is noted that this one has."""
    actions.attend(case=case, by=user, is_writing=bool(is_writing))
    present = Presence.objects.filter(case=case).exclude(agent=user).at(timezone.now())
    return list(present.select_related("agent").order_by("-is_writing", "agent__last_name", "agent__first_name", "pk"))
