from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0011_interventions_as_parts'),
    ]

    operations = [
        migrations.RemoveField(model_name='cmoc', name='intervention'),
        migrations.RemoveField(model_name='historicalcmoc', name='intervention'),
    ]
