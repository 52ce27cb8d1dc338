from django.urls import path

from contacts import views

app_name = "contacts"

urlpatterns = [
    path("help/", views.help_page, name="help"),
    path("help/<slug:slug>/", views.district_help, name="district_help"),
    path("help/<slug:slug>/code.svg", views.help_code, name="help_code"),
    path("contacts/", views.directory, name="directory"),
    path("contacts/card/", views.card, name="card"),
    path("contacts/ask/", views.ask, name="ask"),
    path("contacts/questions/", views.questions, name="questions"),
    path("contacts/questions/<int:pk>/", views.question, name="question"),
    path("contacts/questions/<int:pk>/answer/", views.answer, name="answer"),
    path("contacts/questions/<int:pk>/pass-on/", views.pass_on, name="pass_on"),
    path("contacts/designate/", views.choose_person, name="choose_person"),
    path("contacts/designate/<int:pk>/", views.designate, name="designate"),
    path("contacts/designations/<int:pk>/end/", views.end_designation, name="end_designation"),
    path("contacts/inactive/", views.inactive, name="inactive"),
    path("contacts/inactive/forecast/", views.forecast, name="forecast"),
    path("contacts/inactive/<int:pk>/keep/", views.keep, name="keep"),
    path("contacts/inactive/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("contacts/people/", views.people, name="people"),
    path("contacts/people/add/", views.add_person, name="add_person"),
    path("contacts/people/<int:pk>/", views.person, name="person"),
    path("contacts/people/<int:pk>/invite/", views.invite, name="invite"),
    path("contacts/people/<int:pk>/stop-sign-in/", views.stop_sign_in, name="stop_sign_in"),
    path("contacts/people/<int:pk>/restore-sign-in/", views.restore_sign_in, name="restore_sign_in"),
    path("profile/", views.profile, name="profile"),
    path("contacts/settings/", views.district_settings, name="settings"),
    path("contacts/settings/snippet/", views.help_snippet, name="help_snippet"),
    path("contacts/settings/holidays/add/", views.add_holiday, name="add_holiday"),
    path("contacts/settings/holidays/<int:pk>/remove/", views.remove_holiday, name="remove_holiday"),
    path("messages/", views.message_center, name="messages"),
    path("messages/read/", views.mark_all_read, name="mark_all_read"),
    path("messages/<int:pk>/", views.open_message, name="open_message"),
    path("messages/<int:pk>/read/", views.mark_read, name="mark_read"),
]
