import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0021_terms_as_entries'),
    ]

    operations = [
        *(
            migrations.RemoveField(model_name=model, name=name)
            for model, name in (
                ('population', 'kind_term'),
                ('historicalpopulation', 'kind_term'),
                ('delivery', 'mode_term'),
                ('historicaldelivery', 'mode_term'),
                ('service', 'sector'),
                ('historicalservice', 'sector'),
            )
        ),
        migrations.AlterField(
            model_name='delivery',
            name='mode',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='deliveries', to='programmes.deliverymode'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('service', 'mode'), name='delivery_mode_unique'),
        ),
    ]
