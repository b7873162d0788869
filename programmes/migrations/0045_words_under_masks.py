"""Words of a quote may have masks, beneath which only the team reads. What everybody reads is kept beside the words."""

from django.db import migrations, models
from django.db.models import F

import programmes.integrity.text


def show_all_words(apps, schema_editor):
    """Let everybody read what they read so far: no word has a mask yet."""
    for name in ('Quote', 'HistoricalQuote'):
        rows = apps.get_model('programmes', name)._base_manager.using(schema_editor.connection.alias)
        rows.update(shown_text=F('text'), shown_as_printed=F('text_as_printed'))


def new_fields():
    """Return the fields by name, each made anew for every table."""
    yield 'masks', programmes.integrity.text.LinesField(blank=True, default=list, help_text='Of words that only the team reads: the place of each of them in the text of the quote.')
    yield 'shown_as_printed', models.TextField(blank=True, default='', editable=False, help_text='The same with the quotation marks as printed.')
    yield 'shown_text', models.TextField(blank=True, default='', editable=False, help_text='The words that everybody reads, with […] for each mask.')


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0044_kind_if_somebody_says'),
    ]

    operations = [
        *(
            migrations.AddField(model_name=table, name=name, field=field)
            for table in ('historicalquote', 'quote')
            for name, field in new_fields()
        ),
        migrations.RunPython(show_all_words, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('masks', []), ('shown_text', models.F('text'))), models.Q(models.Q(('masks', []), _negated=True), models.Q(('shown_text', models.F('text')), _negated=True)), _connector='OR'), name='quote_shown_with_its_masks', violation_error_message='What everybody reads of a quote is its text with its masks.'),
        ),
    ]
