from django.urls import path

from cases.views import affected, notices

app_name = "notices"

urlpatterns = [
    path("", notices.open_notices, name="open"),
    path("closed/", notices.closed_notices, name="closed"),
    path("new/", notices.post_notice, name="post"),
    path("<int:pk>/", notices.notice, name="notice"),
    path("<int:pk>/change/", notices.change_notice, name="change"),
    path("<int:pk>/update/", notices.update_notice, name="update"),
    path("<int:pk>/resolve/", notices.resolve_notice, name="resolve"),
    path("<int:pk>/dismiss/", affected.dismiss, name="dismiss"),
    path("<int:pk>/affects-us/", affected.affects_us, name="affects_us"),
    path("<int:pk>/cases/", affected.tie, name="tie"),
    path("cases/<int:number>/untie/", affected.untie, name="untie"),
    path("<int:pk>/answer/", affected.answer, name="answer"),
]
