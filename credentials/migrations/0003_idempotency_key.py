from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_credential_types")]

    operations = [
        migrations.RemoveConstraint("credentialrequest", "an_editor_saves_one_request"),
        migrations.RenameField("credentialrequest", "token", "idempotency_key"),
    ]
