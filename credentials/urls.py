from django.urls import path

from credentials import views

app_name = "credentials"

urlpatterns = [
    path("", views.records, name="records"),
    path("records/<int:pk>/update/", views.request_update, name="request_update"),
    path("ahead/", views.ahead, name="ahead"),
    path("ahead/remind/", views.remind, name="remind"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/", views.request_new, name="request_new"),
    path("requests/<int:pk>/", views.request_detail, name="request"),
    path("requests/<int:pk>/edit/", views.edit, name="edit"),
    path("requests/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/<int:pk>/", views.decide, name="decide"),
    path("approvals/<int:pk>/approve/", views.approve, name="approve"),
    path("approvals/<int:pk>/deny/", views.deny, name="deny"),
    path("approvals/<int:pk>/return/", views.return_for_changes, name="return"),
]
