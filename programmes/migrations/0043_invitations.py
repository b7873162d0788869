"""Links by which a lead invites somebody into the team of a study."""

import django.db.models.deletion
import django.utils.timezone
import programmes.models.invitations
from django.conf import settings
from django.db import migrations, models

from programmes.integrity.groups import grant


def give_permissions(apps, schema_editor):
    """Give the group of leads its permissions on the new records."""
    grant("programmes", apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0042_order_of_cmocs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('reader', 'Reader'), ('reviewer', 'Reviewer'), ('curator', 'Curator'), ('lead', 'Lead')], max_length=10)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('signed_by', models.CharField(max_length=150)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(default=programmes.models.invitations.two_weeks_on)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.AddField(
            model_name='invitation',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='study',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='programmes.study'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='used_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations_used', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['reader', 'reviewer', 'curator', 'lead'])), name='invitation_role_known'),
        ),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
    ]
