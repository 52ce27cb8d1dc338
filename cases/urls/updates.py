from django.urls import path

from cases.views import update_history, updates

app_name = "updates"

urlpatterns = [
    path("", updates.sites, name="sites"),
    path("sites/<int:pk>/refresh/", updates.request_refresh, name="request_refresh"),
    path("sites/<int:pk>/version/", updates.request_version, name="request_version"),
    path("calendar/", update_history.calendar, name="calendar"),
    path("calendar/address/", update_history.reset_feed, name="reset_feed"),
    path("calendar/<str:address>.ics", update_history.feed, name="feed"),
    path("history/", update_history.history, name="history"),
    path("history.csv", update_history.history_csv, name="history_csv"),
    path("<int:pk>/", updates.update, name="request"),
    *(path(f"<int:pk>/{verb.name}/", updates.view_of(verb), name=verb.name) for verb in updates.VERBS),
]
