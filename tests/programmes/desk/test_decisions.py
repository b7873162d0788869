"""Merging, splitting, retiring, renaming and moving in the admin, and taking it back."""

import html

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.html import escape

from programmes.models import CMOC, Evidence, LineageEvent, Membership, Quote, Study
from tests.factories import CMOCFactory, EvidenceFactory, QuoteFactory, UserFactory
from tests.queries import asks
from tests.sent_forms import sent_untouched

MERGE = reverse("admin:programmes_cmoc_merge")


def signed_in(client, role, group=None):
    user = UserFactory(username=role, is_staff=True, first_name="Ada", last_name="Curator")
    user.groups.add(Group.objects.get(name=group or role.capitalize()))
    Membership.objects.create(study=Study.objects.get(slug="thompson-2023"), user=user, role=role)
    client.force_login(user)
    return user


@pytest.fixture
def curator(demo, client):
    return signed_in(client, "curator")


def cmoc(number):
    return CMOC.objects.get(theory__slug="thompson-2023", number=number)


def merge_address(*numbers):
    return f"{MERGE}?" + "&".join(f"cmoc={cmoc(number).pk}" for number in numbers)


def screen(name, number):
    return reverse(f"admin:programmes_cmoc_{name}", args=[cmoc(number).pk])


def filled(response, **values):
    """Return what a browser would send of the form that a page shows, with some values of our own."""
    form = response.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value not in {None, False}:
            data[bound.html_name] = value
    return {**data, **values}


def errors(response, status=400):
    assert response.status_code == status
    return dict(response.context["form"].errors)


@pytest.mark.untraced
def test_merge_screen_shows_both_sides_and_merges(curator, client):
    address = merge_address(3, 7)
    page = client.get(address)
    assert [kind for kind, _ in page.context["form"].groups()] == [
        "Contexts",
        "Mechanisms",
        "Outcomes",
        "Who acts",
        "Who benefits",
        "Quotes",
        "Theories it draws on",
        "Caveats",
    ]
    text = page.content.decode()
    assert escape(cmoc(3).statement) in text
    assert escape(cmoc(7).statement) in text

    answer = client.post(
        address, filled(page, **{"title-1": "Stigma and networks", "statement-1": "Both.", "reason": "One mechanism."})
    )

    assert answer.headers["Location"] == "/theories/thompson-2023/lineage/#decision-1"
    new = cmoc(13)
    assert [entry.quote.key for entry in new.evidence.order_by("position")] == ["q06", "q12"]
    assert (cmoc(3).status, cmoc(7).status, new.title) == ("retired", "retired", "Stigma and networks")
    event = LineageEvent.objects.get()
    assert (event.reason, event.signed_by, new.history.latest().history_user) == (
        "One mechanism.",
        "Ada Curator",
        curator,
    )


@pytest.mark.untraced
def test_preview_shows_the_web_and_does_nothing(curator, client):
    address = merge_address(3, 7)
    data = filled(client.get(address), **{"title-1": "Both", "reason": "Why not."})

    page = client.post(address, {**data, "preview": "yes"})

    text = page.content.decode()
    before, after = text.split("<h3>After</h3>")
    assert "CMOC 13</text>" not in before
    assert "CMOC 13</text>" in after
    assert "CMOC 3</text>" not in after
    assert 'value="Both"' in text
    assert (CMOC.objects.filter(theory__slug="thompson-2023").count(), LineageEvent.objects.count()) == (12, 0)


def test_preview_of_a_large_theory_shows_what_changes(curator, client):
    for number in range(13, 40):
        CMOCFactory(theory=cmoc(1).theory, number=number)
    address = merge_address(3, 7)
    page = client.post(address, filled(client.get(address), preview="yes", reason="Why.", **{"title-1": "Both"}))
    before, after = page.content.decode().split("<h3>After</h3>")
    assert [f"CMOC {number}</text>" in before for number in (3, 7, 1)] == [True, True, False]
    assert [f"CMOC {number}</text>" in after for number in (40, 1)] == [True, False]


def test_preview_of_a_retirement_of_all_is_empty(curator, client, monkeypatch):
    CMOC.objects.filter(theory__slug="thompson-2023").exclude(number__in=[3, 7]).update(status="retired")
    address = merge_address(3, 7)
    monkeypatch.setattr("programmes.pages.lineage.unretired_rows", lambda *_: {})
    page = client.post(address, filled(client.get(address), preview="yes", reason="Why.", **{"title-1": "Both"}))
    assert page.content.decode().count("<p>Nothing.</p>") == 2


def test_what_differs_has_to_be_chosen(curator, client):
    both = Evidence.objects.get(cmoc=cmoc(3)).quote
    evidence = EvidenceFactory(cmoc=cmoc(7), quote=both, role="counters", position=9)
    address = merge_address(3, 7)
    page = client.get(address)
    name = f"evidence-{Evidence.objects.get(cmoc=cmoc(3)).pk}"
    data = filled(page, **{"title-1": "Both", "reason": "Why."})

    refused = client.post(address, data)
    assert errors(refused) == {f"as-{name}": ["The CMOCs have it in different ways. Choose one."]}

    client.post(address, {**data, f"as-{name}": str(evidence.pk)})
    assert Evidence.objects.get(cmoc=cmoc(13), quote=both).role == "counters"


def test_quotes_and_caveats_are_not_forgotten(curator, client):
    address = screen("split", 4)
    page = client.get(address)
    data = filled(page, reason="Two mechanisms.", **{"title-1": "One", "title-2": "Two"})
    refused = client.post(address, data)
    unassigned = ["Say which CMOC takes it, or that it stays behind."]
    leave = [name for name in page.context["form"].fields if name.startswith("leave-")]
    assert errors(refused) == dict.fromkeys(leave, unassigned)
    assert len(leave) == 4

    first, second, *rest = (name.removeprefix("leave-") for name in leave)
    data |= {f"role-{first}-1": "supports", f"role-{second}-2": "refines", f"leave-{second}": "on"}
    data |= {f"leave-{name}": "on" for name in rest}
    refused = client.post(address, data)
    assert errors(refused) == {f"leave-{second}": ["It is taken, so it does not stay behind. Choose one."]}

    del data[f"leave-{second}"]
    assert client.post(address, data).status_code == 302
    taken = [[(entry.quote.key, entry.role) for entry in cmoc(number).evidence.all()] for number in (13, 14)]
    assert taken == [[("q07", "supports")], [("q08", "refines")]]
    assert cmoc(13).caveats.count() == 0
    assert cmoc(4).caveats.count() == 2


def against(number, text):
    quote = QuoteFactory(study=cmoc(number).theory.study, text=text)
    return EvidenceFactory(cmoc=cmoc(number), quote=quote, role="counters", note="Not for him.")


def test_what_spoke_against_a_cmoc_may_speak_for_the_one_split_off(curator, client):
    counter = against(4, "For him it was the worst thing.")
    before = client.get(screen("split", 4))
    assert (before.context["against"], before.context["form"]["title-1"].value()) == (1, None)

    address = f"{screen('split', 4)}?into=2&off=against"
    page = client.get(address)
    assert page.context["against"] == 0
    data = filled(page, reason="A case of its own.", **{"title-2": "Fallen out with the practice"})
    assert data["title-1"] == cmoc(4).title
    data |= {name: "on" for name in page.context["form"].fields if name.startswith("leave-caveat")}
    context = cmoc(4).context_links.get()
    data |= {
        f"word-cmoccontext-{context.pk}-1": "The young person trusts the mentor",
        f"take-cmoccontext-{context.pk}-2": "",
        "new-context-2": "The young person has fallen out with the service",
        "new-mechanism-2": cmoc(4).mechanism_links.get().mechanism.label.upper(),  # which it takes already
    }
    assert client.post(address, data).status_code == 302
    stands, own = cmoc(13), cmoc(14)
    kept = list(cmoc(4).evidence.exclude(pk=counter.pk).order_by("position").values_list("quote", "role"))
    assert list(stands.evidence.order_by("position").values_list("quote", "role")) == kept
    assert list(own.evidence.values_list("quote", "role", "note")) == [(counter.quote_id, "supports", "Not for him.")]
    assert list(stands.context_links.values_list("context", "wording")) == [
        (context.context_id, "The young person trusts the mentor")
    ]
    made = own.context_links.get()
    assert (made.context.label, made.context.key, made.wording) == (
        "The young person has fallen out with the service",
        "the-young-person-has-fallen-out-with-the-service",
        "",
    )
    assert own.mechanism_links.get().mechanism == cmoc(4).mechanism_links.get().mechanism
    assert Evidence.objects.get(pk=counter.pk).role == "counters"  # what is retired stays as it stood


def test_single_quotes_are_split_off(curator, client):
    counter = against(4, "For him it was the worst thing.")
    other = against(5, "That is of another CMOC.")
    first = cmoc(4).evidence.order_by("pk").first()
    page = client.get(f"{screen('split', 4)}?into=3&off={counter.pk}&off={first.pk}&off={other.pk}&off=x")
    offered = {
        (row["entry"].pk, name): role.value() for row in page.context["form"].quotes() for name, role in row["roles"]
    }
    rest = cmoc(4).evidence.exclude(pk__in=[counter.pk, first.pk])
    assert offered == {
        **{(entry.pk, name): "" for entry in cmoc(4).evidence.all() for name in ("New A", "New B", "New C")},
        **{(entry.pk, "New A"): entry.role for entry in rest},
        (counter.pk, "New C"): "supports",
        (first.pk, "New C"): first.role,
    }


def test_one_that_would_have_only_quotes_against_it_is_warned_of(curator, client):
    against(4, "For him it was the worst thing.")
    address = f"{screen('split', 4)}?off=against"
    page = client.get(address)
    data = filled(page, reason="A case of its own.", **{"title-2": "The other way round"})
    data |= {name: "on" for name in page.context["form"].fields if name.startswith("leave-caveat")}
    off = next(name for name in data if name.startswith("role-") and name.endswith("-2") and data[name])
    data[off] = "counters"
    refused = client.post(address, data)
    assert errors(refused) == {
        "meant-2": [
            "All that it takes speaks against it, and nothing for it. Say what each quote does to the new CMOC: what "
            "spoke against the one before may speak for this one. Tick this if it is meant so."
        ]
    }
    assert 'name="meant-2"' in refused.content.decode()
    assert client.post(address, data | {"meant-2": "on"}).status_code == 302
    assert list(cmoc(14).evidence.values_list("role", flat=True)) == ["counters"]


def test_parts_are_those_of_the_theory_s_form(universe, client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    one = CMOC.objects.filter(theory__slug="discharge").order_by("number").first()
    page = client.get(reverse("admin:programmes_cmoc_split", args=[one.pk]))
    shown = [
        (heading, another is not None) for heading, _, another in next(iter(page.context["form"].children())).parts
    ]
    assert shown == [
        ("Context", True),
        ("Mechanism", True),
        ("Outcome", True),
        ("Who acts", False),
        ("Who benefits", False),
        ("Services stated relevant", False),
        ("Intervention", True),
    ]


@pytest.mark.untraced
@pytest.mark.parametrize(("into", "parts"), [("3", 3), ("1", 2), ("99", 6), ("many", 2)])
def test_split_into_as_many_as_asked_for(curator, client, into, parts):
    page = client.get(f"{screen('split', 4)}?into={into}")
    assert len(page.context["form"].heads()) == parts


def test_what_is_not_ticked_does_not_go_on(curator, client):
    data = filled(client.get(merge_address(3, 7)), **{"title-1": "Both", "reason": "Why."})
    left = cmoc(3).context_links.first()
    del data[f"take-cmoccontext-{left.pk}-1"]
    assert client.post(merge_address(3, 7), data).status_code == 302
    kept = {link.context_id for number in (3, 7) for link in cmoc(number).context_links.all()} - {left.context_id}
    assert {link.context_id for link in cmoc(13).context_links.all()} == kept


def test_merge_is_refused_where_there_is_nothing_to_merge(curator, client):
    CMOC.objects.filter(pk=cmoc(8).pk).update(status="retired")
    elsewhere = CMOCFactory(theory__study=Study.objects.get(slug="thompson-2023"))
    for address, message in (
        (merge_address(3), "Choose two CMOCs or more to merge."),
        (f"{MERGE}?cmoc=x", "Choose two CMOCs or more to merge."),
        (merge_address(3, 8), "CMOC 8 is retired already."),
        (f"{merge_address(3)}&cmoc={elsewhere.pk}", "CMOCs of different theories cannot be merged."),
    ):
        answer = client.get(address, follow=True)
        assert [str(entry) for entry in answer.context["messages"]] == [message]
    assert client.get(f"{MERGE}?cmoc=999999").status_code == 404


def test_merge_begins_in_the_list(curator, client):
    chosen = [cmoc(7).pk, cmoc(3).pk]
    answer = client.post(
        reverse("admin:programmes_cmoc_changelist"), {"action": "merge_chosen", "_selected_action": chosen}
    )
    assert answer.headers["Location"] == merge_address(3, 7)


def test_two_who_decide_at_once(curator, client):
    address = merge_address(3, 7)
    data = filled(client.get(address), **{"title-1": "Both", "reason": "Why."})
    other = cmoc(3)
    other.title = "Changed meanwhile"
    other.save()

    refused = client.post(address, data)

    said, told = errors(refused, 409)["__all__"]
    assert said == "CMOC 3 was changed by somebody else since you opened this page"
    assert "became “Changed meanwhile”" in told
    assert "Why." in refused.content.decode()
    assert not LineageEvent.objects.exists()


def test_retire_rename_and_move(curator, client):
    page = client.get(screen("retire", 9))
    answer = client.post(screen("retire", 9), filled(page, reason="Nobody says so."))
    assert (answer.status_code, cmoc(9).status) == (302, "retired")

    page = client.get(screen("rename", 2))
    client.post(screen("rename", 2), filled(page, reason="Clearer.", title="Advocates"))
    assert cmoc(2).title == "Advocates"

    key = Evidence.objects.get(cmoc=cmoc(5)).quote
    page = client.get(screen("move", 5))
    client.post(screen("move", 5), filled(page, reason="It is about 6.", quotes=[key.pk], target=cmoc(6).pk))
    assert Evidence.objects.get(quote=key).cmoc == cmoc(6)
    assert [str(event) for event in LineageEvent.objects.all()] == [
        "Retirement 1",
        "Renaming 2",
        "Move of evidence 3",
    ]


def test_decisions_without_a_reason_or_with_nothing_new_are_refused(curator, client):
    data = filled(client.get(screen("rename", 2)))
    assert errors(client.post(screen("rename", 2), data)) == {"reason": ["This field is required."]}
    refused = client.post(screen("rename", 2), {**data, "reason": "Why."})
    assert errors(refused) == {"__all__": ["That is its title already."]}
    assert "That is its title already." in refused.content.decode()


def test_choices_of_a_move_name_what_they_are(curator, client):
    CMOC.objects.filter(pk=cmoc(12).pk).update(title="")
    form = client.get(screen("move", 5)).context["form"]
    targets = dict(form.fields["target"].choices)
    assert targets[cmoc(12).pk] == "CMOC 12"
    assert targets[cmoc(1).pk] == f"CMOC 1: {cmoc(1).title}"
    assert [label[:5] for _, label in form.fields["quotes"].choices] == ["q09: "]


def test_a_decision_is_read_and_taken_back_once(curator, client):
    client.post(screen("retire", 9), filled(client.get(screen("retire", 9)), reason="Nobody says so."))
    event = LineageEvent.objects.get()
    listing = client.get(reverse("admin:programmes_lineageevent_changelist")).content.decode()
    assert "Nobody says so." in listing
    form = client.get(reverse("admin:programmes_lineageevent_change", args=[event.pk])).content.decode()
    address = reverse("admin:programmes_lineageevent_reverse", args=[event.pk])
    assert address in form
    assert 'name="_save"' not in form

    assert errors(client.post(address, {"reason": ""})) == {"reason": ["This field is required."]}
    done = client.post(address, {"reason": "Interview 9 did."})
    assert (done.headers["Location"], cmoc(9).status) == ("/theories/thompson-2023/lineage/#decision-2", "")
    again = client.post(address, {"reason": "Again."})
    assert errors(again, 409) == {"__all__": ["Retirement 1 was taken back already."]}
    assert client.get(reverse("admin:programmes_lineageevent_reverse", args=[999])).status_code == 404


@pytest.mark.parametrize("role", ["reader", "reviewer"])
def test_those_who_do_not_curate_may_not_decide(demo, client, role):
    signed_in(client, role)
    for address in (merge_address(3, 7), *(screen(name, 5) for name in ("split", "retire", "rename", "move"))):
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "Why."}).status_code == 403


def test_decisions_of_others_may_be_read_but_not_taken_back(demo, client):
    event = LineageEvent.objects.create(
        theory=cmoc(1).theory, number=1, kind="retire", reason="So.", signed_by="A", signed_date="2026-01-02"
    )
    moved = event.moves.create(quote=Quote.objects.get(key="q09")).quote
    signed_in(client, "reviewer")
    page = client.get(reverse("admin:programmes_lineageevent_change", args=[event.pk])).content.decode()
    assert str(moved) in html.unescape(page)
    assert client.post(reverse("admin:programmes_lineageevent_reverse", args=[event.pk])).status_code == 403


# What the merge screen asks the database for: the two CMOCs' parts one after the other.
MERGE_SCREEN = (
    "session, user, cmoc, permission, permission, any cmoc, any cmoc, membership, cmoccontext, cmocmechanism, "
    "cmocoutcome, cmocactor, "
    "cmocbeneficiary, cmocservice, cmocstrategy, cmocintervention, evidence, substantivetheorylink, caveat, "
    "cmoccontext, cmocmechanism, cmocoutcome, cmocactor, cmocbeneficiary, cmocservice, cmocstrategy, cmocintervention, "
    "evidence, substantivetheorylink, caveat, study"
)


def test_queries_of_the_merge_screen(curator, client):
    address = merge_address(3, 7)
    client.get(address)
    with asks(MERGE_SCREEN):
        client.get(address)
    for number in (1, 2):
        EvidenceFactory(cmoc=cmoc(3), quote=QuoteFactory(study=cmoc(3).theory.study), position=90 + number)
    with asks(MERGE_SCREEN):
        client.get(address)


def test_texts_of_an_act_are_kept_to_the_letter(client, curator):
    """Of a form that nobody touched too: a browser sends other ends of lines than the record has."""
    statement = "\n First line.\n\n  • a\u0301 bullet \u202e\n"
    theory = CMOC.objects.filter(theory__slug="thompson-2023").first().theory
    made = CMOCFactory(theory=theory, number=99, title=" Hope ", statement=statement)
    address = screen("split", 99)
    sent = sent_untouched(client.get(address).content.decode())
    assert sent["statement-1"] == [statement.replace("\n", "\r\n")]

    sent |= {"title-1": " One\u00a0", "title-2": "Two", "reason": " First.\r\nThen. "}
    response = client.post(address, sent)

    assert response.status_code == 302
    first, second = CMOC.objects.filter(theory=made.theory, number__gt=99).order_by("number")
    assert (first.title, first.statement, second.statement) == (" One\u00a0", statement, statement)
    assert LineageEvent.objects.latest("pk").reason == " First.\nThen. "
