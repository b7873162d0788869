"""A study may be begun by its title alone: of which kind it is stands only where somebody says it."""

from django.db import migrations, models


def say(apps, schema_editor):
    """Say of each study of which nobody said it that it is an evaluation, as older versions want it said."""
    for name in ('Study', 'HistoricalStudy'):
        rows = apps.get_model('programmes', name)._base_manager.using(schema_editor.connection.alias)
        rows.filter(kind='').update(kind='evaluation')


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0043_invitations'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='study',
            name='study_kind_known',
        ),
        migrations.RunPython(migrations.RunPython.noop, say),
        migrations.AlterField(
            model_name='historicalstudy',
            name='kind',
            field=models.CharField(blank=True, choices=[('focusing', 'Realist evaluation, focusing study'), ('evaluation', 'Realist evaluation'), ('review', 'Realist review or synthesis')], help_text='If somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='study',
            name='kind',
            field=models.CharField(blank=True, choices=[('focusing', 'Realist evaluation, focusing study'), ('evaluation', 'Realist evaluation'), ('review', 'Realist review or synthesis')], help_text='If somebody says.', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['', 'focusing', 'evaluation', 'review'])), name='study_kind_known'),
        ),
    ]
