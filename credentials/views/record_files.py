"""The records of a district as files, and from a file, for its administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from contacts import audit
from contacts.views.exports import CsvResponse, LinesResponse
from contacts.views.shortcuts import refusals_on, render_form
from credentials import actions, edfi, reports
from credentials.forms import RecordFileForm, StaffFilterForm
from credentials.models import CredentialRecord

# So many changes are read at once; the others are folded.
ROWS_IN_A_PART = 200


@require_safe
@permission_required("credentials.view_staff", raise_exception=True)
def records_csv(request):
    """The list of records with all its pages, with the same filters."""
    records = StaffFilterForm(request.GET, user=request.user).records(
        CredentialRecord.objects.of_district(request.user)
    )
    district = request.user.district
    audit.record("credential_record.export", by=request.user, on=district, format="CSV")
    keys = reports.own_keys(records)
    name = f"credentials-{district.slug}-{district.today}"
    return CsvResponse(name, reports.header(keys), reports.lines(records, keys))


@require_safe
@permission_required("credentials.view_staff", raise_exception=True)
def records_edfi(request):
    """All of them as Ed-Fi XML, which knows no file without any."""
    district = request.user.district
    records = CredentialRecord.objects.of_district(request.user)
    if not edfi.has_lines(records):
        messages.warning(request, "None of the records can be written as Ed-Fi. The page says what that takes.")
        return redirect("credentials:staff")
    audit.record("credential_record.export", by=request.user, on=district, format="Ed-Fi")
    name = f"credentials-{district.slug}-{district.today}.xml"
    return LinesResponse(name, edfi.lines_of(records), content_type="application/xml")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("credentials.view_staff", raise_exception=True)
def import_records(request):
    """First what the file would change, then, once somebody saw it, all of it or nothing."""
    is_sent = request.method == "POST"
    form = RecordFileForm(*((request.POST, request.FILES) if is_sent else ()), by=request.user)
    if form.is_bound and form.is_accepted:
        with refusals_on(form):
            actions.import_records(by=request.user, rows=form.rows)
            messages.success(request, _said(form))
            return redirect("credentials:staff")
    starts = range(0, len(form.rows), ROWS_IN_A_PART)
    parts = [form.rows[start : start + ROWS_IN_A_PART] for start in starts]
    context = {"is_read": form.is_bound and form.is_valid(), "parts": parts}
    return render_form(request, "credentials/import_records.html", form, context)


def _said(form):
    counts = [(len(form.added), "added"), (len(form.changed), "changed")]
    said = [f"{count:,} record{' was' if count == 1 else 's were'} {verb}" for count, verb in counts if count]
    return f"{', and '.join(said)}."
