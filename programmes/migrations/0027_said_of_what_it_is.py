"""Words that contradict what they stand beside go: that a role is missing that is there, and that a publication will
have something yet. What is there, and what stands in print, speaks for itself.
"""

from django.db import migrations, models
from django.db.models import Q


def unsay(apps, schema_editor):
    """Take out the words that contradict the record."""
    def rows(model):
        return apps.get_model('programmes', model)._base_manager.using(schema_editor.connection.alias)

    missing = Q(role_reporting__in=('not-stated', 'not-loaded')) & ~Q(role='')
    rows('Participant').filter(missing | Q(role='', role_reporting='reported')).update(role_reporting='')
    for name in ('services', 'documents', 'participants'):
        said = {f'{name}_absence': 'not-yet'}
        rows('Study').filter(statements='printed', **said).update(**{f'{name}_absence': ''})
    for name in ('statements', 'quotes', 'caveats'):
        said = {f'{name}_absence': 'not-yet'}
        rows('Theory').filter(study__statements='printed', **said).update(**{f'{name}_absence': ''})


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0001_squashed_0026_nothing_claimed_by_default'),
    ]

    operations = [
        migrations.RunPython(unsay, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('role', ''), _negated=True), models.Q(('role_reporting__in', ['not-stated', 'not-loaded']), _negated=True)), models.Q(('role', ''), models.Q(('role_reporting', 'reported'), _negated=True)), _connector='OR'), name='participant_role_agrees_with_reporting', violation_error_message='Reported text must be given; text that is not stated or not loaded must be empty.'),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('services_absence', 'not-yet'), _negated=True), models.Q(('statements', 'printed'), _negated=True), _connector='OR'), name='study_services_absence_fits', violation_error_message='What a publication lacks is not to come: only a team’s own study can have something later.'),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('documents_absence', 'not-yet'), _negated=True), models.Q(('statements', 'printed'), _negated=True), _connector='OR'), name='study_documents_absence_fits', violation_error_message='What a publication lacks is not to come: only a team’s own study can have something later.'),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('participants_absence', 'not-yet'), _negated=True), models.Q(('statements', 'printed'), _negated=True), _connector='OR'), name='study_participants_absence_fits', violation_error_message='What a publication lacks is not to come: only a team’s own study can have something later.'),
        ),
    ]
