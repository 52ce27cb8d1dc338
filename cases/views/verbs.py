from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases.models import Case


def _verb(permission):
    @permission_required(permission, raise_exception=True)
    @require_POST
    def view(request, number):
        return redirect(get_object_or_404(Case.objects.visible_to(request.user), pk=number))

    return view


take = assign = note = ask = resolve = move = hand_over = _verb("cases.work_case")
reply = _verb("cases.reply")
close = _verb("cases.close_case")
reopen = _verb("cases.reopen_case")
