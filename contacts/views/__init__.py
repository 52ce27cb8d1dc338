from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render


def directory(request, **kwargs):
    return render(request, "base.html")


choose_person = designate = end_designation = inactive = keep = deactivate = directory
people = add_person = person = invite = district_settings = directory
message_center = mark_all_read = open_message = mark_read = directory


@login_not_required
def help_page(request, **kwargs):
    return render(request, "base.html")


district_help = help_page
