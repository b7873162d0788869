"""The form of a theory was there by default. From here on it stands only where somebody says it.

The theories that are there keep theirs: of those nobody can tell whether somebody chose it.
"""

from django.db import migrations, models


def say(apps, schema_editor):
    """Say by default again what is unsaid."""
    for name in ('Theory', 'HistoricalTheory'):
        rows = apps.get_model('programmes', name)._base_manager.using(schema_editor.connection.alias)
        rows.filter(form='').update(form='cmo')


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0035_restorations'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='theory',
            name='theory_form_known',
        ),
        migrations.RunPython(migrations.RunPython.noop, say),
        migrations.AlterField(
            model_name='historicaltheory',
            name='form',
            field=models.CharField(blank=True, choices=[('cmo', 'Context, mechanism, outcome'), ('icamo', 'Intervention, context, actor, mechanism, outcome'), ('scmo', 'Strategy, context, mechanism, outcome'), ('cimo', 'Context, intervention, mechanism, outcome'), ('if-then', 'If, then, because'), ('narrative', 'Narrative')], help_text='If somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='theory',
            name='form',
            field=models.CharField(blank=True, choices=[('cmo', 'Context, mechanism, outcome'), ('icamo', 'Intervention, context, actor, mechanism, outcome'), ('scmo', 'Strategy, context, mechanism, outcome'), ('cimo', 'Context, intervention, mechanism, outcome'), ('if-then', 'If, then, because'), ('narrative', 'Narrative')], help_text='If somebody says.', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='theory',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['', 'cmo', 'icamo', 'scmo', 'cimo', 'if-then', 'narrative'])), name='theory_form_known'),
        ),
    ]
