from django.db import migrations

NAMES = ('collection_start', 'collection_end', 'published_date')


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0014_fill_dates_as_known'),
    ]

    operations = [
        *(
            migrations.RemoveField(model, f'{name}_day')
            for model in ('study', 'historicalstudy')
            for name in NAMES
        ),
    ]
