from django.db import migrations, models

RIGHT = "credentials.request_change"


def carry_over(apps, schema_editor):
    District = apps.get_model("contacts", "District")
    District.objects.filter(withheld_rights__contains=[RIGHT]).update(staff_may_request_changes=False)


def carry_back(apps, schema_editor):
    District = apps.get_model("contacts", "District")
    District.objects.filter(staff_may_request_changes=False).update(withheld_rights=[RIGHT])


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_email_lowercase")]

    operations = [
        migrations.AlterField(
            "district",
            "help_text",
            models.TextField(
                "help text",
                blank=True,
                help_text="Whom to ask, and when. Anyone can read it before signing in, so do not name people here.",
            ),
        ),
        migrations.RenameField("district", "on_cloud_choice", "hosted_by_vendor"),
        migrations.AlterField("district", "hosted_by_vendor", models.BooleanField(default=False)),
        migrations.AddField(
            "district",
            "staff_may_request_changes",
            models.BooleanField(
                "staff may request changes",
                default=True,
                help_text="Staff may ask for changes to their own credential records.",
            ),
        ),
        migrations.RunPython(carry_over, carry_back),
        migrations.RemoveField("district", "withheld_rights"),
    ]
