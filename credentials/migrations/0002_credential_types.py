from django.db import migrations

SUBJECT_TYPES = [
    "Not Applicable",
    "Core Academic Subject Area",
    "Basic Elementary Curriculum",
    "Special Education Content",
]
EDUCATION_LEVELS = [
    "Did Not Graduate High School",
    "High School Diploma",
    "Some College No Degree",
    "Associate's Degree",
    "Bachelor's Degree",
    "Master's Degree",
    "Doctorate",
]
COMPETENCIES = [
    "Graduate degree in the core subject",
    "National Board certification",
    "Alternate certification",
    "Out-of-state assessment or letter",
    "Endorsement",
    "Special education or rural provision",
]
KINDS = ["Certification", "Endorsement", "Licensure", "Registration", "Other"]
TEACHING_CREDENTIALS = [
    "Emergency",
    "Intern",
    "Master",
    "Nonrenewable",
    "Other",
    "Paraprofessional",
    "Probationary/Initial",
    "Professional",
    "Provisional",
    "Regular/Standard",
    "Retired",
    "Specialist",
    "Substitute",
    "Teacher Assistant",
    "Temporary",
]
TEACHING_CREDENTIAL_BASES = [
    "4-year bachelor's degree",
    "5-year bachelor's degree",
    "Master's degree",
    "Doctoral degree",
    "Reciprocation with another state",
    "Met state testing requirement",
    "Relevant experience",
    "Special/alternative program completion",
]


def element(name, **more):
    return {"element": name, **more}


def own(key, label, data_type="text", **more):
    return {"key": key, "label": label, "data_type": data_type, **more}


TYPES = [
    (
        "ED",
        "Education",
        [
            own("education_level", "Education Level", "choice", choices=EDUCATION_LEVELS, required=True),
            element("issued_on", label="Date Credential Obtained", required=True),
            own("institution", "Institution", help_text="The school, college or university that awarded it."),
            own("subject_type", "Subject Type", "choice", choices=SUBJECT_TYPES),
            element("field", label="Field of study"),
            element("subjects", label="Core Subject Area", help_text="When the Subject Type is a core subject area."),
        ],
    ),
    (
        "HQ",
        "Highly Qualified",
        [
            own("subject_type", "Subject Type", "choice", choices=SUBJECT_TYPES, required=True),
            own("competency", "Subject Matter Competency", "choices", choices=COMPETENCIES),
            element("subjects"),
            element("grade_levels"),
            element("effective_on", label="Highly Qualified since"),
            own("expected_on", "Expected Highly Qualified date", "date"),
            own("met_housse", "Met HOUSSE", "yes_no", help_text="High Objective Uniform State Standard of Evaluation."),
            own("housse_completed_on", "HOUSSE Completion Date", "date"),
        ],
    ),
    (
        "LC",
        "Licensure/Certification",
        [
            element("identifier", label="License or certificate number", required=True),
            element("issuing_state", required=True),
            own("credential_type", "Kind", "choice", choices=KINDS),
            element("issued_on", required=True),
            element("effective_on", help_text="When it differs from the day of issue."),
            element("expires_on", help_text="The last day on which it is valid."),
            element("field"),
            own("teaching_credential", "Teaching credential", "choice", choices=TEACHING_CREDENTIALS),
            own("teaching_credential_basis", "Teaching credential basis", "choice", choices=TEACHING_CREDENTIAL_BASES),
            element("subjects"),
            element("grade_levels"),
            own("endorsements", "Endorsements", "long_text", help_text="One to a line, as they are printed."),
        ],
    ),
    (
        "OT",
        "Other",
        [
            own("title", "What it is", help_text="For example First aid."),
            element("identifier", label="Number"),
            element("issuing_state"),
            element("issued_on"),
            element("effective_on"),
            element("expires_on", help_text="The last day on which it is valid."),
            element("field"),
            own("credential_type", "Kind", "choice", choices=KINDS),
            own("teaching_credential", "Teaching credential", "choice", choices=TEACHING_CREDENTIALS),
            element("subjects"),
            element("grade_levels"),
            own("notes", "Notes", "long_text"),
        ],
    ),
]


def ship_types(apps, schema_editor):
    CredentialType = apps.get_model("credentials", "CredentialType")
    CredentialField = apps.get_model("credentials", "CredentialField")
    for order, (code, name, fields) in enumerate(TYPES, start=1):
        kind = CredentialType.objects.create(code=code, name=name, order=order * 10)
        CredentialField.objects.bulk_create(
            CredentialField(type=kind, order=place * 10, **field) for place, field in enumerate(fields, start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]
    operations = [migrations.RunPython(ship_types, migrations.RunPython.noop)]
