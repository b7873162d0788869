"""Notes are signed by whoever last changed them by an account; of others nobody is named."""

import datetime as dt

from programmes.models import Evidence

BEFORE = "0022_only_entries"
DAY = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
# Of each note its states, day by day, each with the account that made it; none where a program did.
NOTES = {
    "written-and-touched": [("Why.", "ada"), ("Why.", "ben")],
    "changed": [("Why.", "ada"), ("Because.", "ben")],
    "loaded": [("Why.", None)],
    "loaded-again": [("Why.", "ada"), ("Because.", None)],
    "empty": [("", "ada")],
}


def make_notes(apps):
    """Make a piece of evidence for each note."""

    def make(model, **values):
        return apps.get_model("programmes", model)._base_manager.create(**values)

    users = apps.get_model("auth", "User").objects
    accounts = {
        "ada": users.create(username="ada", first_name="Ada", last_name="Reader"),
        "ben": users.create(username="ben"),
        None: None,
    }
    study = make("Study", programme=make("Programme", slug="notes", name="Notes"), slug="notes", title="N", kind="review")
    cmoc = make("CMOC", theory=make("Theory", study=study, slug="notes", title="N"), number=1, statement="If so.")
    for position, (key, states) in enumerate(NOTES.items(), 1):
        quote = make("Quote", study=study, key=key, text="Said.", locator="p. 1")
        said = {"cmoc_id": cmoc.pk, "quote_id": quote.pk, "role": "supports", "position": position}
        row = make("Evidence", **said, note=states[-1][0])
        for day, (note, by) in enumerate(states):
            when = {"history_date": DAY + dt.timedelta(days=day), "history_type": "~", "history_user": accounts[by]}
            make("HistoricalEvidence", id=row.pk, **said, note=note, **when)


def check_notes_are_signed():
    """Ask whose each note became, and of which day."""
    signed = Evidence.objects.filter(cmoc__theory__slug="notes").values_list("quote__key", "signed_by", "signed_date")
    assert {key: (by, day and day.isoformat()) for key, by, day in signed} == {
        "written-and-touched": ("Ada Reader", "2025-01-01"),
        "changed": ("ben", "2025-01-02"),
        "loaded": ("", None),
        "loaded-again": ("", None),
        "empty": ("", None),
    }
