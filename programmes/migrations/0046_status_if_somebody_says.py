"""What has become of a CMOC stands only where somebody says it.

Until now each was a candidate by default: proposed and not yet tested, which nobody had said of what stands in print.
There the word goes where no earlier state of the CMOC has another; what a team works on is a candidate by its nature.
"""

from django.db import migrations, models


def unsay(apps, schema_editor):
    """Take out of printed theories the word that was there by default, and out of their earlier states."""
    cmocs, states = (
        apps.get_model('programmes', name)._base_manager.using(schema_editor.connection.alias)
        for name in ('CMOC', 'HistoricalCMOC')
    )
    chosen = states.exclude(status='candidate').values('id')
    unsaid = cmocs.filter(theory__study__statements='printed', status='candidate').exclude(pk__in=chosen)
    for pk in list(unsaid.values_list('pk', flat=True)):
        cmocs.filter(pk=pk).update(status='')
        states.filter(id=pk).update(status='')


def say(apps, schema_editor):
    """Say by default again what is unsaid."""
    for name, field in (('CMOC', 'status'), ('HistoricalCMOC', 'status'), ('LineageStep', 'status_before'),
                        ('HistoricalLineageStep', 'status_before')):
        rows = apps.get_model('programmes', name)._base_manager.using(schema_editor.connection.alias)
        rows.filter(**{field: ''}).update(**{field: 'candidate'})


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0045_words_under_masks'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='cmoc',
            name='cmoc_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='lineagestep',
            name='lineage_step_status_known',
        ),
        migrations.AlterField(
            model_name='cmoc',
            name='status',
            field=models.CharField(blank=True, choices=[('candidate', 'Candidate'), ('supported', 'Supported'), ('refined', 'Refined'), ('contested', 'Contested'), ('refuted', 'Refuted'), ('retired', 'Retired')], help_text='What has become of it, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalcmoc',
            name='status',
            field=models.CharField(blank=True, choices=[('candidate', 'Candidate'), ('supported', 'Supported'), ('refined', 'Refined'), ('contested', 'Contested'), ('refuted', 'Refuted'), ('retired', 'Retired')], help_text='What has become of it, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicallineagestep',
            name='status_before',
            field=models.CharField(blank=True, choices=[('candidate', 'Candidate'), ('supported', 'Supported'), ('refined', 'Refined'), ('contested', 'Contested'), ('refuted', 'Refuted'), ('retired', 'Retired')], max_length=20),
        ),
        migrations.AlterField(
            model_name='lineagestep',
            name='status_before',
            field=models.CharField(blank=True, choices=[('candidate', 'Candidate'), ('supported', 'Supported'), ('refined', 'Refined'), ('contested', 'Contested'), ('refuted', 'Refuted'), ('retired', 'Retired')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='cmoc',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['', 'candidate', 'supported', 'refined', 'contested', 'refuted', 'retired'])), name='cmoc_status_known'),
        ),
        migrations.AddConstraint(
            model_name='lineagestep',
            constraint=models.CheckConstraint(condition=models.Q(('status_before__in', ['', 'candidate', 'supported', 'refined', 'contested', 'refuted', 'retired'])), name='lineage_step_status_known'),
        ),
        migrations.RunPython(unsay, say),
    ]
