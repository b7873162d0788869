from django.db import migrations

import programmes.integrity.known_dates

NAMES = ('collection_start', 'collection_end', 'published_date')


class Migration(migrations.Migration):
    """Put days of unknown precision aside; the next step writes them as dates to the precision known."""

    dependencies = [
        ('programmes', '0012_intervention_text_goes'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='study', name='study_collection_ends_after_start'),
        *(
            operation
            for model in ('study', 'historicalstudy')
            for name in NAMES
            for operation in (
                migrations.RenameField(model, name, f'{name}_day'),
                migrations.AddField(
                    model, name, programmes.integrity.known_dates.KnownDateField(blank=True, default='', max_length=10), preserve_default=False
                ),
            )
        ),
    ]
