"""Texts that said what is done become parts, and the pages of earlier days tell the same words as before."""

import datetime as dt
import itertools

from django.contrib.auth.models import AnonymousUser

from programmes.models import CMOC, Intervention, Review, Theory
from programmes.models.configuration import parts_of_theory, wording_of
from programmes.pages.as_of import as_of_page
from programmes.pages.history import history_of
from programmes.pages.reviews import review_progress


BEFORE = "0009_labels_and_groups"
DAY = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
LONG = "Beds, “ward” by ward,\n\n  with 'two' spaces  " + "and a card " * 40
TEXTS = {
    1: ["A card", "A card", "A larger card"],
    2: ["", LONG, LONG],
    3: ["A card", "", "A card"],
    4: ["  \n", "  \n", ""],
    5: ["Lost", "Lost", None],
    6: ["", "", ""],
    7: ["A larger card", "A card", "A larger card"],
}


def make_texts(apps):
    """Make a theory of the version before, each state of whose configurations is a day younger than the one before."""
    programme = apps.get_model("programmes", "Programme").objects.create(slug="beds", name="Beds")
    study = apps.get_model("programmes", "Study").objects.create(
        programme=programme, slug="beds", title="Beds", kind="evaluation", visibility="public"
    )
    theory = apps.get_model("programmes", "Theory").objects.create(
        study=study, slug="beds", title="Beds", form="icamo", visibility="public"
    )
    author = apps.get_model("auth", "User").objects.create(username="author", first_name="Ada", last_name="Author")
    for number, states in TEXTS.items():
        cmoc = apps.get_model("programmes", "CMOC").objects.create(
            theory=theory, number=number, statement=f"Statement {number}.", intervention=states[-1] or ""
        )
        for day, text in enumerate(states):
            apps.get_model("programmes", "HistoricalCMOC").objects.create(
                id=cmoc.pk,
                theory_id=theory.pk,
                number=number,
                statement=f"Statement {number}.",
                intervention=states[day - 1] if text is None else text,
                version=day + 1,
                history_date=DAY + dt.timedelta(days=day),
                history_type="-" if text is None else "~" if day else "+",
                history_change_reason=f"Day {day}",
                history_user_id=author.pk,
            )
        lines = [f"statement: Statement {number}.", *([f"intervention: {states[-1]}"] if states[-1] else [])]
        lines += ["hedge: unknown", *(f"{slot}_absence: not-stated" for slot in ("context", "mechanism", "outcome"))]
        cmoc.reviews.create(number=1, verdict="agree", wording=lines, signed_by="R", signed_date=DAY.date())
        if states[-1] is None:
            cmoc.delete()


def unfolded(lines):
    """Return what a configuration says of what is done."""
    return [line for line in lines if line.startswith("intervention")]


def check_texts_became_parts():
    """Ask that no letter was lost, that no review opened again, and that each day tells what it told."""
    theory, reader = Theory.objects.get(slug="beds"), AnonymousUser()
    parts = parts_of_theory(theory.pk, reader)
    cmocs = {cmoc.number: cmoc for cmoc in CMOC.objects.filter(theory=theory)}
    for number, cmoc in cmocs.items():
        text = TEXTS[number][-1]
        assert unfolded(wording_of(cmoc, parts[cmoc.pk])) == ([f"intervention: {text}"] if text else [])
    interventions = {row.key: row.label for row in Intervention.objects.filter(theory=theory)}
    assert list(interventions) == ["intervention-1", "intervention-2", "intervention-3"]
    assert interventions["intervention-1"] == "A larger card"
    assert interventions["intervention-2"].endswith(" and a …")
    assert " ".join(LONG.split()).startswith(interventions["intervention-2"].removesuffix(" …"))
    assert len(interventions["intervention-2"]) <= 300

    # No review opens again.
    progress = review_progress(theory, list(cmocs.values()), parts, reader)
    assert {cmoc.number: len(progress[cmoc.pk].earlier) for cmoc in cmocs.values()} == dict.fromkeys(cmocs, 0)
    assert Review.objects.count() == len(cmocs)

    # Each day tells what it told.
    for day in range(3):
        page = as_of_page(theory, reader, (DAY + dt.timedelta(days=day)).date().isoformat())
        for row in page.rows:
            text = TEXTS[row.cmoc.number][day]
            assert unfolded(wording_of(row.cmoc, row.parts)) == ([f"intervention: {text}"] if text else [])

    # The history of a configuration tells each change, by whom and why.
    events = [(event.what, event.why, event.who) for event in history_of(cmocs[7]) if "ntervention" in event.what]
    assert events == [
        ("Intervention: A larger card: changed", "Day 2", "Ada Author"),
        ("Intervention: A card: changed", "Day 1", "Ada Author"),
        ("Intervention: A larger card: added", "Day 0", "Ada Author"),
    ]
    events = [event.what for event in history_of(cmocs[4]) if "ntervention" in event.what]
    assert events == ["Intervention: …: removed", "Intervention: …: added"]
    assert len([event for event in history_of(cmocs[3]) if "ntervention" in event.what]) == 3

    # What only the history knows keeps its key: nothing new gets it.
    known = set(Intervention.history.values_list("id", flat=True))
    assert Intervention.objects.create(theory=theory, key="new", label="New").pk not in known


def check_parts_became_texts_again(apps):
    """Ask that each text stands where it stood, in the history too."""
    present = dict(apps.get_model("programmes", "CMOC").objects.filter(theory__slug="beds").values_list("number", "intervention"))
    assert present == {number: states[-1] for number, states in TEXTS.items() if states[-1] is not None}
    rows = apps.get_model("programmes", "HistoricalCMOC").objects.filter(theory__slug="beds").order_by("number", "history_id")
    told = {
        number: [row.intervention for row in group] for number, group in itertools.groupby(rows, lambda row: row.number)
    }
    assert told == {
        number: [state if state is not None else states[-2] for state in states] for number, states in TEXTS.items()
    }
