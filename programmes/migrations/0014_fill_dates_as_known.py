from django.db import migrations

NAMES = ('collection_start', 'collection_end', 'published_date')


def write_days(apps, schema_editor):
    """Write each day as it is known, in the rows and in their history."""
    for model in ('Study', 'HistoricalStudy'):
        rows = apps.get_model('programmes', model)._base_manager.using(schema_editor.connection.alias)
        for name in NAMES:
            for row in rows.filter(**{f'{name}_day__isnull': False}).values('pk', f'{name}_day'):
                rows.filter(pk=row['pk']).update(**{name: row[f'{name}_day'].isoformat()})


def read_days(apps, schema_editor):
    """Read days back; what is known as a month or a year becomes its first day."""
    for model in ('Study', 'HistoricalStudy'):
        rows = apps.get_model('programmes', model)._base_manager.using(schema_editor.connection.alias)
        for name in NAMES:
            for row in rows.exclude(**{name: ''}).values('pk', name):
                day = f'{row[name]}-01-01'[:10]
                rows.filter(pk=row['pk']).update(**{f'{name}_day': day})


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0013_dates_as_known'),
    ]

    operations = [
        migrations.RunPython(write_days, read_days),
    ]
