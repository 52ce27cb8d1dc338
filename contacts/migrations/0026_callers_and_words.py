from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("contacts.migrations.0022_callers").PEOPLE_CALLED.replace("CREATE ", "CREATE OR REPLACE ", 1)
LAST = "    IF NOT FOUND AND of_person_only"
# A number that is stored without its area code is seven digits long. Others of the same last seven are someone else's.
WITHOUT_AREA_CODE = """
    IF NOT FOUND AND length(digits) >= 10 THEN
        RETURN QUERY EXECUTE statement USING format('''#%s''', reverse(right(digits, 7)))::tsquery, most;
    END IF;
"""
PEOPLE_CALLED = BEFORE.replace(LAST, f"{WITHOUT_AREA_CODE.lstrip(chr(10))}{LAST}")


class Migration(migrations.Migration):

    dependencies = [
        ("contacts", "0025_seats_go_back_or_nowhere"),
    ]

    operations = [
        migrations.RunSQL(PEOPLE_CALLED, BEFORE),
        migrations.AlterField(
            model_name='contactrequest',
            name='status',
            field=models.CharField(choices=[('open', 'Waiting for Support'), ('approved', 'Approved'), ('denied', 'Denied'), ('withdrawn', 'Withdrawn')], default='open', max_length=20),
        ),
        migrations.AlterField(
            model_name='coveragegap',
            name='kind',
            field=models.CharField(choices=[('no_contact', 'No authorized contact'), ('no_technical_contact', 'No technical contact'), ('too_few_support_contacts', 'Too few support contacts'), ('one_person_here', 'Only one person available'), ('untrained_contacts', 'Untrained contacts'), ('flagged_contacts', 'Flagged contacts')], max_length=30),
        ),
        migrations.AlterField(
            model_name='district',
            name='support_contacts_allowed',
            field=models.PositiveSmallIntegerField(db_default=2, default=2, help_text='A support lead decides about each additional support contact of the district.', verbose_name='support contacts without approval'),
        ),
        migrations.AlterField(
            model_name='nomination',
            name='status',
            field=models.CharField(choices=[('open', 'Waiting for an answer'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='open', max_length=20),
        ),
    ]
