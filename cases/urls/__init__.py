from django.urls import path

from cases.views import cases, choosing, lists, several, similar
from cases.views.acting import view_of
from cases.views.composer import draft, here
from cases.views.detail import case_page, detail
from cases.views.verbs import VERBS

app_name = "cases"

urlpatterns = [
    path("", lists.case_list, name="list"),
    path("new/", cases.new, name="new"),
    path("similar/", similar.similar, name="similar"),
    path("exception/", cases.new_exception, name="new_exception"),
    path("choose/district/", choosing.choose_district, name="choose_district"),
    path("choose/agent/", choosing.choose_agent, name="choose_agent"),
    path("choose/contact/", choosing.choose_contact, name="choose_contact"),
    path("several/assign/", several.assign_several, name="assign_several"),
    path("several/move/", several.move_several, name="move_several"),
    path("several/merge/", several.merge_several, name="merge_several"),
    path("<int:number>/", detail, name="detail"),
    path("<int:number>/draft/", draft, name="draft"),
    path("<int:number>/join/", similar.join, name="join"),
    path("<int:number>/here/", here, name="here"),
    *(path(f"<int:number>/{verb.slug}/", view_of(verb, case_page), name=verb.name) for verb in VERBS),
]
