from django.db import migrations

FUNCTIONAL = [
    "Attendance",
    "Behavior",
    "Census",
    "Fees",
    "Grading and standards",
    "Health",
    "Messenger",
    "Parent and student portal",
    "Reporting",
    "Scheduling",
    "Special education",
    "State reporting",
    "Student information",
    "Users and tool rights",
    "Something else",
]
# The eight topics that only the technical contact brings to Support.
TECHNICAL = [
    "Server configuration and error logging",
    "Update requests",
    "Firewall",
    "Local network configuration",
    "Customer connectivity",
    "Tomcat",
    "ODBC connections",
    "Other technical matters",
]


def add_areas(apps, schema_editor):
    area = apps.get_model("cases", "ProductArea")
    area.objects.bulk_create(area(name=name, order=100 + n) for n, name in enumerate(FUNCTIONAL))
    area.objects.bulk_create(area(name=name, order=200 + n, technical_only=True) for n, name in enumerate(TECHNICAL))


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(add_areas, migrations.RunPython.noop)]
