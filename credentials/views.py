from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.decorators.http import require_POST


@permission_required("credentials.view_own", raise_exception=True)
def records(request):
    return HttpResponse()


@permission_required("credentials.request_change", raise_exception=True)
def request_update(request, pk):
    return HttpResponse()


@permission_required("credentials.request_change", raise_exception=True)
def request_new(request):
    return HttpResponse()


@permission_required("credentials.view_own", raise_exception=True)
def requests(request):
    return HttpResponse()


@permission_required("credentials.view_own", raise_exception=True)
def request_detail(request, pk):
    return HttpResponse()


@permission_required("credentials.decide_request", raise_exception=True)
def approvals(request):
    return HttpResponse()


@permission_required("credentials.decide_request", raise_exception=True)
def decide(request, pk):
    return HttpResponse()


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def approve(request, pk):
    return HttpResponse()


@require_POST
@permission_required("credentials.decide_request", raise_exception=True)
def deny(request, pk):
    return HttpResponse()
