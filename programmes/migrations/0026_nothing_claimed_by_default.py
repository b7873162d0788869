"""How something is known, how firmly a link is put and at which stage a theory is were there by default.

From here on they stand only where somebody says them. The rows that are there keep theirs: of those nobody can tell
whether somebody chose them.
"""

from django.db import migrations, models

# What was there by default.
DEFAULTS = {
    'CMOCBeneficiary': ('basis', 'explicit'),
    'Participant': ('service_basis', 'explicit'),
    'SubstantiveTheoryLink': ('basis', 'inferred'),
    'CMOCLink': ('status', 'inferred'),
    'Theory': ('stage', 'initial'),
}


def say(apps, schema_editor):
    """Say by default again what is unsaid."""
    for model, (field, word) in DEFAULTS.items():
        for name in (model, f'Historical{model}'):
            rows = apps.get_model('programmes', name)._base_manager.using(schema_editor.connection.alias)
            rows.filter(**{field: ''}).update(**{field: word})


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0025_places'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='cmocbeneficiary',
            name='cmoc_beneficiary_basis_known',
        ),
        migrations.RemoveConstraint(
            model_name='cmoclink',
            name='cmoclink_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='participant',
            name='participant_service_basis_known',
        ),
        migrations.RemoveConstraint(
            model_name='substantivetheorylink',
            name='substantivetheory_link_basis_known',
        ),
        migrations.RemoveConstraint(
            model_name='theory',
            name='theory_stage_known',
        ),
        migrations.AlterField(
            model_name='cmocbeneficiary',
            name='basis',
            field=models.CharField(blank=True, choices=[('explicit', 'Stated in the source'), ('implicit', 'Implied by the source'), ('inferred', 'Inferred by the curator'), ('ambiguous', 'Ambiguous in the source')], help_text='How that is known, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='cmoclink',
            name='status',
            field=models.CharField(blank=True, choices=[('stated', 'Stated'), ('possible', 'Possible'), ('declined', 'Declined'), ('inferred', 'Inferred by the curator')], help_text='How firmly it is put, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalcmocbeneficiary',
            name='basis',
            field=models.CharField(blank=True, choices=[('explicit', 'Stated in the source'), ('implicit', 'Implied by the source'), ('inferred', 'Inferred by the curator'), ('ambiguous', 'Ambiguous in the source')], help_text='How that is known, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalcmoclink',
            name='status',
            field=models.CharField(blank=True, choices=[('stated', 'Stated'), ('possible', 'Possible'), ('declined', 'Declined'), ('inferred', 'Inferred by the curator')], help_text='How firmly it is put, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalparticipant',
            name='service_basis',
            field=models.CharField(blank=True, choices=[('explicit', 'Stated in the source'), ('implicit', 'Implied by the source'), ('inferred', 'Inferred by the curator'), ('ambiguous', 'Ambiguous in the source')], help_text='How the service is known, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalsubstantivetheorylink',
            name='basis',
            field=models.CharField(blank=True, choices=[('explicit', 'Stated in the source'), ('implicit', 'Implied by the source'), ('inferred', 'Inferred by the curator'), ('ambiguous', 'Ambiguous in the source')], help_text='How that is known, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicaltheory',
            name='stage',
            field=models.CharField(blank=True, choices=[('initial', 'Initial'), ('refined', 'Refined'), ('final', 'Final')], help_text='If somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='participant',
            name='service_basis',
            field=models.CharField(blank=True, choices=[('explicit', 'Stated in the source'), ('implicit', 'Implied by the source'), ('inferred', 'Inferred by the curator'), ('ambiguous', 'Ambiguous in the source')], help_text='How the service is known, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='substantivetheorylink',
            name='basis',
            field=models.CharField(blank=True, choices=[('explicit', 'Stated in the source'), ('implicit', 'Implied by the source'), ('inferred', 'Inferred by the curator'), ('ambiguous', 'Ambiguous in the source')], help_text='How that is known, if somebody says.', max_length=20),
        ),
        migrations.AlterField(
            model_name='theory',
            name='stage',
            field=models.CharField(blank=True, choices=[('initial', 'Initial'), ('refined', 'Refined'), ('final', 'Final')], help_text='If somebody says.', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='cmocbeneficiary',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['', 'explicit', 'implicit', 'inferred', 'ambiguous'])), name='cmoc_beneficiary_basis_known'),
        ),
        migrations.AddConstraint(
            model_name='cmoclink',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['', 'stated', 'possible', 'declined', 'inferred'])), name='cmoclink_status_known'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('service_basis__in', ['', 'explicit', 'implicit', 'inferred', 'ambiguous'])), name='participant_service_basis_known'),
        ),
        migrations.AddConstraint(
            model_name='substantivetheorylink',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['', 'explicit', 'implicit', 'inferred', 'ambiguous'])), name='substantivetheory_link_basis_known'),
        ),
        migrations.AddConstraint(
            model_name='theory',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['', 'initial', 'refined', 'final'])), name='theory_stage_known'),
        ),
        migrations.RunPython(migrations.RunPython.noop, say),
    ]
