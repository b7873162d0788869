from django.db import migrations

NOTES = {'Evidence': 'note', 'CMOCBeneficiary': 'note', 'SubstantiveTheoryLink': 'note', 'CMOCLink': 'reason'}


def sign_notes(apps, schema_editor):
    """Put to each note the name and the day of whoever last changed it by an account; of others nobody is named."""
    using = schema_editor.connection.alias
    for name, field in NOTES.items():
        rows = apps.get_model('programmes', name)._base_manager.using(using)
        history = apps.get_model('programmes', f'Historical{name}')._base_manager.using(using)
        notes = dict(rows.exclude(**{field: ''}).values_list('pk', field))
        written, before = {}, {}
        for state in history.filter(id__in=notes).order_by('history_date', 'history_id').select_related('history_user').iterator():
            if before.get(state.id) != getattr(state, field):
                written[state.id] = state
            before[state.id] = getattr(state, field)
        for pk, state in written.items():
            by = state.history_user
            if by is not None and getattr(state, field) == notes[pk]:
                name_of = f'{by.first_name} {by.last_name}'.strip() or by.username
                rows.filter(pk=pk).update(signed_by=name_of[:150], signed_date=state.history_date.date())


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0023_signed_notes'),
    ]

    operations = [
        migrations.RunPython(sign_notes, migrations.RunPython.noop),
    ]
