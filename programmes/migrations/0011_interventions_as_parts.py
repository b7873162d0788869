"""Makes a part of each text that said what is done, in the records as they are and in their history.

A theory gets an intervention for each text, named by the text's beginning; the configuration keeps the whole text as
its wording, with every letter. The history of a text becomes the history of that part, day by day, so that a theory as
it stood on a day tells the same words as before. Reviews keep the wording in its line, so none is asked for again.
"""

from collections import defaultdict

from django.db import migrations
from django.utils import timezone

LONGEST_LABEL = 300


def label_of(text):
    """Return the beginning of a text, up to the end of a word."""
    words = " ".join(text.split()) or "…"
    if len(words) <= LONGEST_LABEL:
        return words
    cut = words[: LONGEST_LABEL - 1]
    return (cut.rpartition(" ")[0] or cut[: LONGEST_LABEL - 2]).rstrip() + " …"


class Run:
    """The states of a configuration's text from where it is given to where it is taken away."""

    def __init__(self, cmoc):
        self.cmoc = cmoc
        self.states = []  # the historical row of the configuration, what happened to the text, and the text
        self.closed = False

    @property
    def last(self):
        return self.states[-1]


def runs_of(history):
    """Yield the runs of every configuration, from its historical rows in their order."""
    run = None
    for row in history:
        if run and (run.cmoc != row.id or run.closed):
            yield run
            run = None
        text = "" if row.history_type == "-" else row.intervention
        if run and not text:
            run.states.append((row, "-", run.last[2]))
            run.closed = True
        elif run and text != run.last[2]:
            run.states.append((row, "~", text))
        elif text and not run:
            run = Run(row.id)
            run.states.append((row, "+", text))
    if run:
        yield run


def reserve(model, **row):
    """Return a key that no later row of the model gets."""
    key = model.objects.create(**row).pk
    model.objects.filter(pk=key)._raw_delete(model.objects.db)
    return key


def happened(row):
    """Return when something happened, by whom and why, as the history of the configuration says."""
    return {
        "history_date": row.history_date,
        "history_user_id": row.history_user_id,
        "history_change_reason": row.history_change_reason,
    }


def texts_become_parts(apps, schema_editor):
    """Make the parts, and their history."""
    Intervention = apps.get_model("programmes", "Intervention")
    Link = apps.get_model("programmes", "CMOCIntervention")
    History = apps.get_model("programmes", "HistoricalCMOC")
    ElementHistory = apps.get_model("programmes", "HistoricalIntervention")
    LinkHistory = apps.get_model("programmes", "HistoricalCMOCIntervention")
    present = list(
        apps.get_model("programmes", "CMOC").objects.exclude(intervention="").order_by("theory_id", "number")
    )
    told = History.objects.exclude(intervention="").values("id")
    runs = list(runs_of(History.objects.filter(id__in=told).order_by("id", "history_id").iterator()))

    # The interventions of each theory: first those of today, in the order of the configurations, then earlier ones.
    uses = defaultdict(list)  # of a text: the states that gave it, and those that took it away
    for run in runs:
        for index, (row, _, text) in enumerate(run.states):
            uses[row.theory_id, text].append((row, run.states[index + 1][0] if index + 1 < len(run.states) else None))
    elements = {}
    numbers = defaultdict(int)
    for theory, text in dict.fromkeys([*((cmoc.theory_id, cmoc.intervention) for cmoc in present), *uses]):
        numbers[theory] += 1
        elements[theory, text] = Intervention(
            theory_id=theory, key=f"intervention-{numbers[theory]}", label=label_of(text)
        )
    kept = dict.fromkeys((cmoc.theory_id, cmoc.intervention) for cmoc in present)
    for place in kept:
        elements[place].save()
    for place, element in elements.items():
        if place not in kept:
            element.pk = reserve(Intervention, theory_id=element.theory_id, key=element.key, label=element.label)
    for place, element in elements.items():
        given = min((row for row, _ in uses[place]), key=lambda row: (row.history_date, row.history_id), default=None)
        taken = [row for _, row in uses[place]]
        states = [("+", happened(given) if given else {"history_date": timezone.now()})]
        if place not in kept and None not in taken:
            states.append(("-", happened(max(taken, key=lambda row: (row.history_date, row.history_id)))))
        for kind, when in states:
            ElementHistory.objects.create(
                id=element.pk, theory_id=element.theory_id, key=element.key, label=element.label, history_type=kind, **when
            )

    # The links: that of today continues the history that has not ended.
    now = {cmoc.pk for cmoc in present}
    keys = {
        run: reserve(Link, cmoc_id=run.cmoc, intervention_id=elements[run.last[0].theory_id, run.last[2]].pk)
        for run in runs
        if run.closed or run.cmoc not in now
    }
    continued = {run.cmoc: run for run in runs if run not in keys}
    for cmoc in present:
        run = continued.get(cmoc.pk)
        link = Link.objects.create(
            cmoc_id=cmoc.pk,
            intervention=elements[cmoc.theory_id, cmoc.intervention],
            wording=cmoc.intervention,
            version=len(run.states) if run else 1,
        )
        keys[run] = link.pk
    for run in runs:
        for version, (row, kind, text) in enumerate(run.states, 1):
            LinkHistory.objects.create(
                id=keys[run],
                cmoc_id=run.cmoc,
                intervention_id=elements[row.theory_id, text].pk,
                wording=text,
                version=min(version, len(run.states) - run.closed),
                history_type=kind,
                **happened(row),
            )


def parts_become_texts(apps, schema_editor):
    """Put the wordings back into the configurations, and into their history."""
    links = apps.get_model("programmes", "CMOCIntervention").objects
    for cmoc in apps.get_model("programmes", "CMOC").objects.filter(pk__in=links.values("cmoc")):
        cmoc.intervention = "\n".join(said(link) for link in links.filter(cmoc=cmoc).order_by("position", "pk"))
        cmoc.save(update_fields=["intervention"])
    told = apps.get_model("programmes", "HistoricalCMOCIntervention").objects
    history = apps.get_model("programmes", "HistoricalCMOC").objects
    for row in history.filter(id__in=told.values("cmoc_id")).order_by("id", "history_id"):
        latest = {}
        for state in told.filter(cmoc_id=row.id, history_date__lte=row.history_date).order_by("history_id"):
            latest[state.id] = state
        standing = [state for state in latest.values() if state.history_type != "-" or row.history_type == "-"]
        row.intervention = "\n".join(state.wording for state in standing)
        row.save(update_fields=["intervention"])
    links.all().delete()
    apps.get_model("programmes", "Intervention").objects.all().delete()
    told.all().delete()
    apps.get_model("programmes", "HistoricalIntervention").objects.all().delete()


def said(link):
    """Return what a configuration says with a part."""
    return link.wording or link.intervention.label


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0010_slots'),
    ]

    operations = [
        migrations.RunPython(texts_become_parts, parts_become_texts),
    ]
