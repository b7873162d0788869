from django.db import migrations


def say_printed(apps, schema_editor):
    """Say of public studies what their pages said so far: that the statements are printed. Of others nobody said."""
    studies = apps.get_model('programmes', 'Study')._base_manager.using(schema_editor.connection.alias)
    studies.filter(visibility='public', statements='').update(statements='printed')


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0017_whose_words'),
    ]

    operations = [
        migrations.RunPython(say_printed, migrations.RunPython.noop),
    ]
