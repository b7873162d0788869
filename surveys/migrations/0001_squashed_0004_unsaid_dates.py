"""All that the migrations before it make, in a database that has none of them yet.

A database that has some runs the rest of them one by one instead.
"""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from programmes.integrity.groups import grant, withdraw
from programmes.integrity.operations import CreateModels


def give_permissions(apps, schema_editor):
    grant('surveys', apps, schema_editor)


def take_permissions(apps, schema_editor):
    withdraw('surveys', apps, schema_editor)


class Migration(migrations.Migration):

    replaces = [
        ('surveys', '0001_initial'),
        ('surveys', '0002_permissions'),
        ('surveys', '0003_what_nobody_said'),
        ('surveys', '0004_unsaid_dates'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('programmes', '0007_what_nobody_said'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='HistoricalSurvey',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('slug', models.SlugField(help_text='Short name in addresses.', max_length=80)),
                        ('title', models.CharField(max_length=300)),
                        ('visibility', models.CharField(choices=[('private', 'Private'), ('public', 'Public')], default='private', max_length=10)),
                        ('purpose', models.TextField(blank=True)),
                        ('tool', models.CharField(blank=True, help_text='The software, as printed.', max_length=300)),
                        ('recruitment', models.TextField(blank=True)),
                        ('pilot', models.TextField(blank=True)),
                        ('analysis', models.TextField(blank=True)),
                        ('opened_date', models.DateField(blank=True, null=True)),
                        ('closed_date', models.DateField(blank=True, null=True)),
                        ('dates_reporting', models.CharField(blank=True, choices=[('reported', 'Reported'), ('none', 'None'), ('not-stated', 'Not stated'), ('not-reported', 'Not reported'), ('unclear', 'Unclear in source'), ('not-loaded', 'Not loaded')], max_length=20)),
                        ('respondents', models.PositiveIntegerField(blank=True, help_text='How many answered, as reported.', null=True)),
                        ('locator', models.CharField(blank=True, max_length=200)),
                        ('study', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='programmes.study')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical survey',
                        'verbose_name_plural': 'historical surveys',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Survey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('study', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='programmes.study')),
                        ('slug', models.SlugField(help_text='Short name in addresses.', max_length=80)),
                        ('title', models.CharField(max_length=300)),
                        ('visibility', models.CharField(choices=[('private', 'Private'), ('public', 'Public')], default='private', max_length=10)),
                        ('purpose', models.TextField(blank=True)),
                        ('tool', models.CharField(blank=True, help_text='The software, as printed.', max_length=300)),
                        ('recruitment', models.TextField(blank=True)),
                        ('pilot', models.TextField(blank=True)),
                        ('analysis', models.TextField(blank=True)),
                        ('opened_date', models.DateField(blank=True, null=True)),
                        ('closed_date', models.DateField(blank=True, null=True)),
                        ('dates_reporting', models.CharField(blank=True, choices=[('reported', 'Reported'), ('none', 'None'), ('not-stated', 'Not stated'), ('not-reported', 'Not reported'), ('unclear', 'Unclear in source'), ('not-loaded', 'Not loaded')], max_length=20)),
                        ('respondents', models.PositiveIntegerField(blank=True, help_text='How many answered, as reported.', null=True)),
                        ('locator', models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        'ordering': ('title', 'pk'),
                        'constraints': [models.UniqueConstraint(fields=('slug',), name='survey_slug_unique'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='survey_title_given'), models.CheckConstraint(condition=models.Q(('visibility__in', ['private', 'public'])), name='survey_visibility_known'), models.CheckConstraint(condition=models.Q(('dates_reporting__in', ['', 'reported', 'none', 'not-stated', 'not-reported', 'unclear', 'not-loaded'])), name='survey_dates_reporting_known'), models.CheckConstraint(condition=models.Q(models.Q(('dates_reporting__in', ['', 'reported']), ('opened_date__isnull', False)), models.Q(('closed_date', None), ('opened_date', None), models.Q(('dates_reporting', 'reported'), _negated=True)), _connector='OR'), name='survey_dates_agree_with_reporting', violation_error_message='Reported dates must be given; dates that are not reported must be empty.'), models.CheckConstraint(condition=models.Q(('opened_date', None), ('closed_date', None), ('closed_date__gte', models.F('opened_date')), _connector='OR'), name='survey_closes_after_it_opens', violation_error_message='A survey cannot close before it opens.')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalTopicGroup',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('text', models.TextField(help_text='As printed.')),
                        ('survey', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='surveys.survey')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical topic group',
                        'verbose_name_plural': 'historical topic groups',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='TopicGroup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topic_groups', to='surveys.survey')),
                        ('text', models.TextField(help_text='As printed.')),
                    ],
                    options={
                        'ordering': ('survey', 'number', 'pk'),
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(fields=('survey', 'number'), name='topicgroup_number_unique'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='topicgroup_number_positive'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='topicgroup_text_given')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalQuestionForm',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('kind', models.CharField(choices=[('fixed', 'Fixed response'), ('free-text', 'Free text')], max_length=20)),
                        ('label', models.CharField(help_text='As printed.', max_length=200)),
                        ('survey', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='surveys.survey')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical question form',
                        'verbose_name_plural': 'historical question forms',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='QuestionForm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='question_forms', to='surveys.survey')),
                        ('kind', models.CharField(choices=[('fixed', 'Fixed response'), ('free-text', 'Free text')], max_length=20)),
                        ('label', models.CharField(help_text='As printed.', max_length=200)),
                    ],
                    options={
                        'ordering': ('survey', 'number', 'pk'),
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(fields=('survey', 'number'), name='questionform_number_unique'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='questionform_number_positive'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='questionform_label_given'), models.CheckConstraint(condition=models.Q(('kind__in', ['fixed', 'free-text'])), name='questionform_kind_known')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalRespondentRole',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('label', models.CharField(help_text='In the singular, for tables.', max_length=200)),
                        ('as_printed', models.CharField(blank=True, max_length=200)),
                        ('respondents', models.PositiveIntegerField()),
                        ('survey', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='surveys.survey')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical respondent role',
                        'verbose_name_plural': 'historical respondent roles',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='RespondentRole',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='respondent_roles', to='surveys.survey')),
                        ('label', models.CharField(help_text='In the singular, for tables.', max_length=200)),
                        ('as_printed', models.CharField(blank=True, max_length=200)),
                        ('respondents', models.PositiveIntegerField()),
                    ],
                    options={
                        'ordering': ('survey', 'number', 'pk'),
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(fields=('survey', 'number'), name='respondentrole_number_unique'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='respondentrole_number_positive'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='respondentrole_label_given')],
                    },
                ),
            ],
        ),
        migrations.RunPython(give_permissions, take_permissions),
    ]
