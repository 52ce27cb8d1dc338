from django.urls import path

from cases.views import cases
from cases.views.verbs import VERBS, view_of

app_name = "cases"

urlpatterns = [
    path("", cases.case_list, name="list"),
    path("new/", cases.new, name="new"),
    path("exception/", cases.new_exception, name="new_exception"),
    path("<int:number>/", cases.detail, name="detail"),
    *(path(f"<int:number>/{verb.slug}/", view_of(verb, cases.case_page), name=verb.name) for verb in VERBS),
]
