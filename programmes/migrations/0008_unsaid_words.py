"""Words that say in which way something is missing were there by default: what nobody chose is unsaid from here on.

A word was chosen if the history shows that a record had another one before. Of the others nobody can tell; where
they stood in the place of something, they are listed, so that who knows can say them again. The history keeps them.
"""

from collections import defaultdict

from django.db import migrations

# The word that was there by default, and the relation that holds what it speaks of, if its absence is what it says.
DEFAULTS = [
    ("CMOC", "context_absence", "not-stated", "context_links"),
    ("CMOC", "mechanism_absence", "not-stated", "mechanism_links"),
    ("CMOC", "outcome_absence", "not-stated", "outcome_links"),
    ("CMOC", "services_reporting", "not-stated", "service_links"),
    ("CMOC", "people_reporting", "not-stated", ""),
    ("CMOC", "hedge", "unknown", ""),
    ("Service", "sector", "unclear", ""),
    ("Delivery", "offered", "not-reported", ""),
    ("Participant", "role_reporting", "not-stated", "role"),
]
# A text that is given says itself that it is reported.
SPOKEN = [("CMOC", "statement"), ("Service", "location"), ("Service", "programme_text")]


def chosen(apps, alias, model, field, word, rows):
    """Return the ids of the rows whose history shows that the word took the place of another."""
    states = defaultdict(list)
    history = apps.get_model("programmes", f"Historical{model}").objects.using(alias).filter(id__in=rows)
    for key, value in history.order_by("history_date", "history_id").values_list("id", field):
        states[key].append(value)
    return {key for key, values in states.items() if any(value != word for value in values)}


def names(model, rows):
    """Return what people call the rows, by their theory or study."""
    paths = {
        "CMOC": ("theory__slug", "number"),
        "Service": ("study__slug", "number"),
        "Delivery": ("service__study__slug", "service__number"),
        "Participant": ("study__slug", "pseudonym"),
    }
    found = defaultdict(list)
    for owner, name in rows.order_by(*paths[model]).values_list(*paths[model]):
        found[owner].append(str(name))
    return found


def unsay(apps, schema_editor):
    alias = schema_editor.connection.alias
    lines = []
    for model, field, word, there in DEFAULTS:
        rows = apps.get_model("programmes", model).objects.using(alias).filter(**{field: word})
        kept = chosen(apps, alias, model, field, word, rows.values("pk"))
        unsaid = rows.exclude(pk__in=kept)
        missing = unsaid
        if there:
            missing = unsaid.filter(**({"role": ""} if there == "role" else {there: None}))
        for owner, found in names(model, missing).items():
            lines.append(f"  {owner}: {field} “{word}” of {model} {', '.join(found)}")
        unsaid.update(**{field: ""})
    for model, text in SPOKEN:
        rows = apps.get_model("programmes", model).objects.using(alias)
        rows.filter(**{f"{text}_reporting": "reported"}).exclude(**{text: ""}).update(**{f"{text}_reporting": ""})
    if lines:
        print("\nNobody can tell whether somebody chose these words, or whether they were only there by default. They")
        print("are unsaid now. Where one is true, say it again in the admin; the history of each record keeps it.")
        print("\n".join(lines))


def say(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, field, word, _ in DEFAULTS:
        apps.get_model("programmes", model).objects.using(alias).filter(**{field: ""}).update(**{field: word})
    for model, text in SPOKEN:
        unsaid = apps.get_model("programmes", model).objects.using(alias).filter(**{f"{text}_reporting": ""})
        unsaid.filter(**{text: ""}).update(**{f"{text}_reporting": "not-stated"})
        unsaid.update(**{f"{text}_reporting": "reported"})


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0007_what_nobody_said'),
    ]

    operations = [migrations.RunPython(unsay, say)]
