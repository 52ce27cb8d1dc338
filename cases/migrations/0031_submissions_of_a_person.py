from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0030_sorted_lists")]

    operations = [
        migrations.AddIndex(
            "timelineentry",
            models.Index(
                fields=["by", "created_at"], condition=models.Q(action="submitted"), name="submissions_of_a_person"
            ),
        ),
    ]
