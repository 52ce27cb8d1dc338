import contacts.constraints
from django.db import migrations, models

# What the link says of the messages so far. One without a link is about itself.
SORT = """
UPDATE contacts_message SET
    about = coalesce(nullif(link, ''), '/messages/' || id || '/'),
    subject = CASE
        WHEN link ~ '^/cases/[0-9]+/' THEN 'Case ' || substring(link FROM '^/cases/([0-9]+)/') || coalesce(' · ' || substring(title FROM ': (.*) \\(case'), '')
        ELSE coalesce(nullif(title, ''), 'Message') END,
    kind = CASE
        WHEN email_to <> '' OR link IN ('', '/', '/contacts/code/') THEN 'account'
        WHEN link LIKE '/cases/%' THEN 'case'
        WHEN link LIKE '/updates/%' THEN 'update'
        WHEN link LIKE '/credentials/approvals/%' OR link LIKE '/contacts/inactive/%' THEN 'to_decide'
        WHEN link LIKE '/credentials/%' THEN 'decided'
        ELSE 'contacts' END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0027_the_workspace'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='message',
            name='messages_unread_first',
        ),
        migrations.AddField(
            model_name='message',
            name='about',
            field=models.CharField(default='', help_text='The key of what it is about, such as the path of a case. Messages with the same key are one group.', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('answer', 'To answer'), ('to_decide', 'To decide'), ('decided', 'Decided'), ('case', 'Cases'), ('update', 'Updates'), ('contacts', 'Contacts and training'), ('notice', 'Notices'), ('account', 'Your account and roles')], default='', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='message',
            name='subject',
            field=models.CharField(default='', help_text='The name of what it is about. Shown in the portal only.', max_length=200),
            preserve_default=False,
        ),
        migrations.RunSQL(SORT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['recipient', 'about'], include=('id', 'created_at', 'read_at', 'kind', 'district'), name='messages_of_a_person_by_about'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['about'], name='unread_about_something'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=contacts.constraints.ChoicesConstraint(condition=models.Q(('kind__in', ['answer', 'to_decide', 'decided', 'case', 'update', 'contacts', 'notice', 'account'])), name='a_message_is_of_one_of_the_kinds', violation_error_message='This is none of the choices of kind.'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', ''), _negated=True), models.Q(('subject', ''), _negated=True)), name='a_message_is_about_something', violation_error_message='Say what the message is about.'),
        ),
    ]
