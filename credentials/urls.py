from django.urls import path

from credentials import views

app_name = "credentials"

urlpatterns = [
    path("", views.records, name="records"),
    path("records/<int:pk>/update/", views.request_update, name="request_update"),
    path("ahead/", views.ahead, name="ahead"),
    path("ahead/remind/", views.remind, name="remind"),
    path("courses/", views.own_courses, name="own_courses"),
    path("courses/district/", views.courses, name="courses"),
    path("courses/at-risk/", views.courses_at_risk, name="courses_at_risk"),
    path("courses/first-rules/", views.add_first_rules, name="add_first_rules"),
    path("courses/requirements/<int:pk>/remove/", views.remove_requirement, name="remove_requirement"),
    path("courses/<int:pk>/", views.course, name="course"),
    path("courses/<int:pk>/rule/", views.course_rule, name="course_rule"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/", views.request_new, name="request_new"),
    path("requests/<int:pk>/", views.request_detail, name="request"),
    path("requests/<int:pk>/edit/", views.edit, name="edit"),
    path("requests/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/several/", views.approve_several, name="approve_several"),
    path("approvals/delegations/", views.delegations, name="delegations"),
    path("approvals/delegations/<int:pk>/end/", views.end_delegation, name="end_delegation"),
    path("approvals/<int:pk>/", views.decide, name="decide"),
    path("approvals/<int:pk>/approve/", views.approve, name="approve"),
    path("approvals/<int:pk>/deny/", views.deny, name="deny"),
    path("approvals/<int:pk>/return/", views.return_for_changes, name="return"),
    path("staff/", views.staff, name="staff"),
    path("staff/csv/", views.records_csv, name="records_csv"),
    path("staff/edfi/", views.records_edfi, name="records_edfi"),
    path("staff/import/", views.import_records, name="import_records"),
    path("staff/<int:pk>/", views.staff_member, name="staff_member"),
    path("staff/<int:pk>/new/", views.request_new_for, name="request_new_for"),
    path("staff/records/<int:pk>/update/", views.request_update_for, name="request_update_for"),
    path("district/standstill/", views.standstill, name="standstill"),
    path("district/rights/", views.rights, name="rights"),
    path("district/rights/<int:pk>/end/", views.end_right, name="end_right"),
    path("district/ways/", views.ways, name="ways"),
]
