import itertools

from django.db import migrations

PEOPLE = {
    'child': 'Child or young person',
    'peer': 'Peer',
    'parent': 'Parent or carer',
    'staff': 'Staff',
    'service': 'Service',
    'community': 'Community',
}
SECTORS = {
    'health': 'Health service',
    'school': 'School',
    'local-authority': 'Local authority',
    'charity': 'Charity',
    'private': 'Private company',
}
MODES = {
    'face-to-face': 'Face to face',
    'online': 'Online',
    'one-to-one': 'One to one',
    'group': 'Group',
    'mutual-pairs': 'Mutual pairs',
}
UNCLEAR = 'unclear'  # was among the sectors, and is a way in which one is missing
REASON = 'Became an entry of the list of the study'


class Lists:
    """The entries of the lists, made where a row of a study first needs them."""

    def __init__(self, apps, using):
        self.apps, self.using, self.entries = apps, using, {}
        self.studies = set(self.rows('Study').values_list('pk', flat=True))

    def rows(self, model):
        return self.apps.get_model('programmes', model)._base_manager.using(self.using)

    def entry(self, model, labels, study, key):
        """Return the id of an entry, or None where the study is gone."""
        if study not in self.studies or not key:
            return None
        if (model, study, key) not in self.entries:
            number = [*labels].index(key) + 1
            row = self.rows(model).create(study_id=study, key=key, label=labels[key], number=number)
            self.entries[model, study, key] = row.pk
        return self.entries[model, study, key]


def write_entries(apps, schema_editor):
    """Make each term that a row of a study has, now or in its history, an entry of the study's own list."""
    lists = Lists(apps, schema_editor.connection.alias)
    for model in ('Population', 'HistoricalPopulation'):
        for pk, study, term in lists.rows(model).values_list('pk', 'study_id', 'kind_term'):
            lists.rows(model).filter(pk=pk).update(kind_id=lists.entry('PersonKind', PEOPLE, study, term))
    studies = dict(lists.rows('HistoricalService').values_list('id', 'study_id'))
    studies |= dict(lists.rows('Service').values_list('pk', 'study_id'))
    for model in ('Delivery', 'HistoricalDelivery'):
        for pk, service, term in lists.rows(model).values_list('pk', 'service_id', 'mode_term'):
            entry = lists.entry('DeliveryMode', MODES, studies.get(service), term)
            lists.rows(model).filter(pk=pk).update(mode_id=entry)
    for model in ('Service', 'HistoricalService'):
        lists.rows(model).filter(sector=UNCLEAR).update(sector_reporting=UNCLEAR)
    links = {}
    for service, study, term in lists.rows('Service').exclude(sector__in=['', UNCLEAR]).values_list('pk', 'study_id', 'sector'):
        sector = lists.entry('Sector', SECTORS, study, term)
        links[service] = lists.rows('ServiceSector').create(service_id=service, sector_id=sector, position=1).pk
    write_history(lists, links, studies)


def write_history(lists, links, studies):
    """Tell in the history of the links from when a service was in a sector, and until when."""
    columns = ('history_date', 'history_user_id', 'history_type', 'sector')
    rows = lists.rows('HistoricalService').order_by('id', 'history_id').values_list('id', *columns)
    for service, states in itertools.groupby(rows, key=lambda row: row[0]):
        if service not in links:
            continue
        before = None
        for _, date, user, kind, term in states:
            now = None if kind == '-' or term == UNCLEAR else lists.entry('Sector', SECTORS, studies[service], term)
            if now == before:
                continue
            said = {'id': links[service], 'service_id': service, 'position': 1, 'history_change_reason': REASON}
            said |= {'sector_id': now or before, 'history_date': date, 'history_user_id': user}
            change = '-' if now is None else '~' if before else '+'
            lists.rows('HistoricalServiceSector').create(history_type=change, **said)
            before = now


def write_terms(apps, schema_editor):
    """Write the keys of the entries as terms; of several sectors of a service the first."""
    lists = Lists(apps, schema_editor.connection.alias)
    for model, field in (('Population', 'kind'), ('Delivery', 'mode')):
        for name in (model, f'Historical{model}'):
            keys = dict(lists.rows('PersonKind' if field == 'kind' else 'DeliveryMode').values_list('pk', 'key'))
            for pk, entry in lists.rows(name).values_list('pk', f'{field}_id'):
                lists.rows(name).filter(pk=pk).update(**{f'{field}_term': keys.get(entry, '')})
    for link in lists.rows('ServiceSector').order_by('-position', '-pk').values('service_id', 'sector__key'):
        lists.rows('Service').filter(pk=link['service_id']).update(sector=link['sector__key'])
    for model in ('Service', 'HistoricalService'):
        lists.rows(model).filter(sector_reporting=UNCLEAR, sector='').update(sector=UNCLEAR)


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0020_study_lists'),
    ]

    operations = [
        migrations.RunPython(write_entries, write_terms),
    ]
