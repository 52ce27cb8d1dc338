from django.urls import path

from cases.views import cases, verbs

app_name = "cases"

urlpatterns = [
    path("", cases.case_list, name="list"),
    path("new/", cases.new, name="new"),
    path("exception/", cases.new_exception, name="new_exception"),
    path("<int:number>/", cases.detail, name="detail"),
    path("<int:number>/take/", verbs.take, name="take"),
    path("<int:number>/assign/", verbs.assign, name="assign"),
    path("<int:number>/reply/", verbs.reply, name="reply"),
    path("<int:number>/note/", verbs.note, name="note"),
    path("<int:number>/ask/", verbs.ask, name="ask"),
    path("<int:number>/resolve/", verbs.resolve, name="resolve"),
    path("<int:number>/move/", verbs.move, name="move"),
    path("<int:number>/hand-over/", verbs.hand_over, name="hand_over"),
    path("<int:number>/close/", verbs.close, name="close"),
    path("<int:number>/reopen/", verbs.reopen, name="reopen"),
]
