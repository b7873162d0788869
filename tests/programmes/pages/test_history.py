"""How a configuration came to be, for everybody to read."""

import re

from programmes.models import CMOC, CMOCContext
from tests.factories import CMOCContextFactory, CMOCFactory, TheoryFactory, UserFactory


def events(client, cmoc):
    page = client.get(f"{cmoc.get_absolute_url()}history/").content.decode()
    shown = re.findall(r"<li>\s*<h2>(.*?)</h2>(.*?)</li>", page, re.DOTALL)
    return [(what, " ".join(re.sub(r"<(?!/?(ins|del)>)[^>]+>", " ", rest).split())) for what, rest in shown]


def test_every_change_is_told_word_by_word(db, client):
    cmoc = CMOCFactory(theory=TheoryFactory(), number=3, statement="When a peer listens, trust grows.")
    cmoc.statement = "When a peer listens well, hope grows."
    cmoc.status = "contested"
    cmoc._history_user = UserFactory(first_name="Ada", last_name="Reader")
    cmoc.set_change_reason("Two more interviews.")
    cmoc.save()
    last, first = events(client, cmoc)
    assert last[0] == "CMOC 3: changed"
    assert "Ada Reader Two more interviews." in last[1]
    assert "When a peer listens<ins> well</ins>, <del>trust</del><ins>hope</ins> grows." in last[1]
    assert "Status <ins>Contested</ins>" in last[1]
    assert first[0] == "CMOC 3: added"
    assert "a curator" in first[1]
    assert "No reason was given" in first[1]


def test_parts_that_were_added_changed_and_removed(db, client):
    link = CMOCContextFactory(cmoc=CMOCFactory(theory=TheoryFactory(), number=1), wording="when matched")
    cmoc = CMOC.objects.select_related("theory").get()
    link.wording = "when well matched"
    link.save()
    CMOCContext.objects.get().delete()
    link.context.delete()
    told = [what for what, _ in events(client, cmoc)]
    assert told == [
        "Context: Matched peer: removed",
        "Context: Matched peer: changed",
        "Context: Matched peer: added",
        "CMOC 1: added",
    ]


def test_history_of_what_is_not_public_is_not_there(db, client):
    cmoc = CMOCFactory(theory=TheoryFactory(visibility="private"))
    assert client.get(f"{cmoc.get_absolute_url()}history/").status_code == 404
