"""That the dates of a survey are not stated was said by default: where nobody chose it, it is unsaid from here on."""

from collections import defaultdict

from django.db import migrations


def unsay(apps, schema_editor):
    alias = schema_editor.connection.alias
    surveys = apps.get_model("surveys", "Survey").objects.using(alias)
    history = apps.get_model("surveys", "HistoricalSurvey").objects.using(alias)
    silent = surveys.filter(dates_reporting="not-stated")
    states = defaultdict(set)
    for key, word in history.filter(id__in=silent.values("pk")).values_list("id", "dates_reporting"):
        states[key].add(word)
    unsaid = silent.exclude(pk__in=[key for key, words in states.items() if words != {"not-stated"}])
    slugs = list(unsaid.order_by("slug").values_list("slug", flat=True))
    unsaid.update(dates_reporting="")
    surveys.filter(dates_reporting="reported").update(dates_reporting="")
    if slugs:
        print("\nNobody can tell whether somebody chose that the dates of these surveys are “not stated”. It is unsaid")
        print(f"now; where it is true, say it again in the admin: {', '.join(slugs)}")


def say(apps, schema_editor):
    surveys = apps.get_model("surveys", "Survey").objects.using(schema_editor.connection.alias)
    surveys.filter(dates_reporting="", opened_date=None).update(dates_reporting="not-stated")
    surveys.filter(dates_reporting="").update(dates_reporting="reported")


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0003_what_nobody_said'),
    ]

    operations = [migrations.RunPython(unsay, say)]
