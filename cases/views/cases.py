from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render

from cases.models import Case


@permission_required("cases.view_cases", raise_exception=True)
def case_list(request):
    return render(request, "cases/list.html")


@permission_required("cases.open_submit_page", raise_exception=True)
def new(request):
    return render(request, "cases/new.html")


@permission_required("cases.open_exception", raise_exception=True)
def new_exception(request):
    return render(request, "cases/new_exception.html")


@permission_required("cases.view_cases", raise_exception=True)
def detail(request, number):
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=number)
    return render(request, "cases/detail.html", {"case": case})
