"""Every address of the site, visited by everybody: what somebody may not see shows nowhere.

Each private thing carries a word of its own. The walk visits every page, every admin screen and every API resource,
with every filter that takes text, as a lead and as nobody, and looks for the words; where a lead sees any, others look
too. In the full size everybody walks everywhere.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import itertools
import re
import zipfile
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from programmes.actions.team import begin_study, invite
from programmes.formats.citations import CITATION_FORMATS
from programmes.formats.web import WEB_FORMATS
from programmes.models import (
    CMOC,
    Caveat,
    CMOCGroup,
    Context,
    Erasure,
    Evidence,
    ImportReport,
    Intervention,
    LineageEvent,
    Membership,
    Memo,
    Outcome,
    Participant,
    Quote,
    Reading,
    Reference,
    ReportingAnswer,
    Service,
    Source,
    Strategy,
    Study,
    Theory,
)
from programmes.pages.appendix import APPENDIX_FORMATS
from programmes.vocabulary import TeamRole
from realist.api import INNER_LISTS
from surveys.models import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAY = dt.date(2026, 1, 2)

# What each word marks, and from which role on a member of the study may read it.
MARKS = {
    "zqstudy": TeamRole.READER,  # everything of a private study
    "zqtheory": TeamRole.READER,  # a private theory of a public study
    "zqcaveat": TeamRole.READER,  # a caveat of a private theory
    "zqsurvey": TeamRole.READER,  # a private survey of a public study, for members
    "zqreading": TeamRole.READER,  # a hidden reading
    "zqcovered": TeamRole.READER,  # a word beneath a mask, of a quote that everybody may read
    "zqquote": TeamRole.REVIEWER,  # a quote without a disclosure check
    "zqevidence": TeamRole.REVIEWER,  # why that quote counts
    "zqmemo": TeamRole.REVIEWER,  # a private memo
    "zqparticipant": TeamRole.CURATOR,  # what is known of a participant
    "zqsource": TeamRole.CURATOR,  # a transcript
    "zqerased": TeamRole.CURATOR,  # what stood in a participant's record before it was changed
}
ROLES = {"reader": TeamRole.READER, "reviewer": TeamRole.REVIEWER, "curator": TeamRole.CURATOR, "lead": TeamRole.LEAD}
# What the walk searches for: it is found in every marked record, and shows none of the marks when it is repeated.
PROBE = "zq"
ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)  # as PNG
NEWEST = 3  # rows of each kind that are opened one by one; at most three of a kind are private


@pytest.fixture
def people(demo) -> dict[str, User | None]:
    """Return the persons of the walk; the members belong to both studies that hold private things.

    Nobody has staff status or a group: what they are in teams opens desk and admin. The outsider leads another study.
    """
    study = Study.objects.get(slug="thompson-2023")
    plant(study)
    private = plant_private_study(study)
    found: dict[str, User | None] = {"anonymous": None}
    for name in ("outsider", *ROLES):
        found[name] = user = User.objects.create_user(name)
        if name in ROLES:
            for member_of in (study, private):
                Membership.objects.create(study=member_of, user=user, role=ROLES[name])
    begin_study(title="Somewhere else", by=found["outsider"])
    invite(study=private, role=TeamRole.READER, by=found["lead"])
    return found


def plant(study: Study) -> None:
    """Add to a public study everything that is not public."""
    theory = Theory.objects.get(slug="thompson-2023")
    cmoc = CMOC.objects.get(theory=theory, number=1)
    participant = Participant.objects.get(study=study, pseudonym="p12")
    participant.consent_note = "zqerased"
    participant.save()
    participant.consent_note = "zqparticipant"
    participant.save()
    source = Source.objects.get(study=study, key="interview-12")
    source.text, source.sha256, source.note = "zqsource and zqquote", "0" * 64, "zqsource"
    source.save()
    quote = Quote.objects.create(
        study=study, key="hidden-quote", text="zqquote", source=source, start=13, end=20, participant=participant
    )
    Evidence.objects.create(cmoc=cmoc, quote=quote, position=9, role="counters", note="zqevidence")
    plant_covered_words(study, cmoc)
    memo = {"study": study, "kind": "reflexive", "signed_by": "A", "signed_date": DAY}
    Memo.objects.create(key="hidden-memo", text="zqmemo", theory=theory, cmoc=cmoc, **memo)
    Memo.objects.create(key="on-hidden-quote", text="zqmemo", quote=quote, visibility="public", **memo)
    Memo.objects.create(key="on-source", text="zqmemo", source=source, visibility="public", **memo)
    Reading.objects.filter(cmoc=cmoc, kind="plain-summary").update(shown=False, text="zqreading")
    draft = Theory.objects.create(study=study, slug="zqtheory-draft", title="zqtheory", visibility="private")
    context = Context.objects.create(theory=draft, key="zqtheory-context", label="zqtheory")
    outcome = Outcome.objects.create(theory=draft, key="zqtheory-outcome", label="zqtheory")
    hidden = CMOC.objects.create(theory=draft, number=1, title="zqtheory", statement="zqtheory")
    hidden.context_links.create(context=context, wording="zqtheory")
    hidden.outcome_links.create(outcome=outcome, wording="zqtheory")
    strategy = Strategy.objects.create(theory=draft, key="zqtheory-strategy", label="zqtheory")
    hidden.strategy_links.create(strategy=strategy, wording="zqtheory")
    intervention = Intervention.objects.create(theory=draft, key="zqtheory-intervention", label="zqtheory")
    hidden.intervention_links.create(intervention=intervention, wording="zqtheory")
    CMOC.objects.create(theory=draft, number=2, title="zqtheory", statement="zqtheory")
    decision = LineageEvent.objects.create(
        theory=draft, number=1, kind="rename", reason="zqtheory", signed_by="A", signed_date=DAY, title_after="zqtheory"
    )
    decision.steps.create(before=hidden, after=hidden, status_before="candidate")
    moved = {"theory": theory, "number": 1, "kind": "move", "reason": "Better there.", "signed_by": "A"}
    LineageEvent.objects.create(**moved, signed_date=DAY).moves.create(quote=quote)
    hidden.reviews.create(
        number=1, verdict="disagree", comment="zqtheory", wording=["zqtheory"], signed_by="A", signed_date=DAY
    )
    Caveat.objects.create(theory=draft, number=1, kind="scope", text="zqcaveat")
    Evidence.objects.create(
        cmoc=hidden, quote=Quote.objects.get(study=study, key="q01"), role="supports", note="zqtheory"
    )
    Erasure.objects.create(
        kind="withdrawal", study_slug=study.slug, reason="zqparticipant", signed_by="A", signed_date=DAY, secret="x"
    )
    Survey.objects.create(study=study, slug="zqsurvey-draft", title="zqsurvey", visibility="private")


def plant_covered_words(study: Study, cmoc: CMOC) -> None:
    """Add a public quote, first of all on its CMOC, of which a word was read by everybody before it got a mask."""
    said = "I went to zqcovered with him."
    quote = Quote.objects.create(
        study=study,
        key="a-covered-quote",
        text=said,
        text_as_printed=f"‘{said}’",
        locator="p. 1",
        visibility="public",
        consent="published",
        disclosure_checked_by="A",
        disclosure_checked_date=DAY,
    )
    Evidence.objects.create(cmoc=cmoc, quote=quote, position=0, role="supports")
    quote.masks = ["10 19"]
    quote.save()


def plant_private_study(public: Study) -> Study:
    """Add a private study of the same programme."""
    study = Study.objects.create(programme=public.programme, slug="zqstudy", title="zqstudy", kind="evaluation")
    service = Service.objects.create(
        study=study, number="zqstudy1", service_type="zqstudy", location="zqstudy", programme_text="zqstudy"
    )
    Reference.objects.create(study=study, number=1, as_printed="zqstudy", kind="book", title="zqstudy")
    theory = Theory.objects.create(study=study, slug="zqstudy", title="zqstudy", visibility="public")
    outcome = Outcome.objects.create(theory=theory, key="zqstudy", label="zqstudy")
    cmoc = CMOC.objects.create(theory=theory, number=1, title="zqstudy", statement="zqstudy")
    cmoc.outcome_links.create(outcome=outcome, wording="zqstudy")
    participant = Participant.objects.create(
        study=study, pseudonym="p1", service=service, consent_scope="quotes-public", consent_note="zqparticipant"
    )
    quote = Quote.objects.create(
        study=study,
        key="q1",
        text="zqstudy",
        locator="p. 1",
        participant=participant,
        visibility="public",
        consent="participant",
        disclosure_checked_by="A",
        disclosure_checked_date=DAY,
    )
    Evidence.objects.create(cmoc=cmoc, quote=quote, role="supports")
    Survey.objects.create(study=study, slug="zqstudy", title="zqstudy", visibility="public")
    entry = {"record": "zqtheory", "facts": {"zqsource": 1}, "left_out": []}
    ImportReport.objects.create(study=study, kind="table", signed_by="zqsource", files=[entry])
    return study


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the site outside the admin, as its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from patterns(entry, route)
        elif not route.startswith("admin/"):
            yield route, entry


def values_of(name: str) -> list[str]:
    """Return the values that a part of an address can have, private ones too."""
    studies = [*Study.objects.values_list("slug", flat=True)]
    theories = [*Theory.objects.values_list("slug", flat=True)]
    return {
        "study": studies,
        "theory": theories,
        "survey": [*Survey.objects.values_list("slug", flat=True)],
        "cmoc": ["1", "10"],
        "service": ["12", "zqstudy1"],
        "quote": ["q01", "q1", "hidden-quote", "a-covered-quote"],
        "context": ["matched-peer", "zqtheory-context"],
        "strategy": ["zqtheory-strategy"],
        "intervention": ["zqtheory-intervention"],
        "mechanism": ["inspiration"],
        "memo": ["comparison-1", "hidden-memo", "on-hidden-quote", "on-source"],
        "memo_form": ["csv", "docx"],
        "table_form": ["csv", "xlsx"],
        "appendix_form": [*APPENDIX_FORMATS],
        "table_of_form": ["docx", "xlsx"],
        "slide_number": ["1"],
        "slide_form": ["svg"],
        "slides_form": ["pdf"],
        "form": [*WEB_FORMATS],
        "citation": [*CITATION_FORMATS],
        "table": ["matrix", "support"],
        "version": [1, 2],
        "link": ["a-link-that-is-none"],
        "report": [*ImportReport.objects.values_list("pk", flat=True)],
        "source": ["interview-12"],
        "outcome": ["hope", "zqtheory-outcome", "zqstudy"],
    }[name]


# Which kind of value each named address takes, in order.
ARGUMENTS = {
    "theory": ("theory",),
    "changes-feed": (),
    "theory-changes-feed": ("theory",),
    "theory_card": ("theory",),
    "web": ("theory", "form"),
    "setting": ("theory",),
    "lineage": ("theory",),
    "earlier": ("theory",),
    "matrix": ("theory",),
    "quote_table": ("theory", "table_form"),
    "appendix": ("theory", "appendix_form"),
    "appendix-choices": ("theory",),
    "package": ("theory",),
    "package-checksum": ("theory",),
    "empty-appendix": ("table_of_form",),
    "table": ("theory", "table"),
    "cmoc": ("theory", "cmoc"),
    "cmoc_card": ("theory", "cmoc"),
    "cmoc_history": ("theory", "cmoc"),
    "cite_cmoc": ("theory", "cmoc"),
    "citation": ("theory", "cmoc", "citation"),
    "context": ("theory", "context"),
    "strategy": ("theory", "strategy"),
    "intervention": ("theory", "intervention"),
    "mechanism": ("theory", "mechanism"),
    "outcome": ("theory", "outcome"),
    "evidence": ("theory",),
    "study": ("study",),
    "slides": ("theory",),
    "slide": ("theory", "slide_number", "slide_form"),
    "slides-pdf": ("theory", "slides_form"),
    "services": ("study",),
    "service": ("study", "service"),
    "quote": ("study", "quote"),
    "memos": ("study",),
    "memos_file": ("study", "memo_form"),
    "memo": ("study", "memo"),
    "survey": ("survey",),
    "package-schema": ("version",),
    "invitation": ("link",),
}
# And at the desk, where the parts of an address say it by their names.
AT_THE_DESK = {
    "slug": "study",
    "key": "source",
    "theory": "theory",
    "number": "cmoc",
    "quote": "quote",
    "report": "report",
}


def page_of(name: str) -> str:
    """Return the name of the page that an address shows as data; other names stay."""
    return name.partition(".")[0]


def is_data(name: str) -> bool:
    """Say whether an address is that of a page as data, or of a package."""
    return page_of(name) != name or name.startswith("package")


def data_addresses(*, everywhere: bool) -> Iterator[str]:
    """Yield the address of every page as data, and of every package; in the full size with each of the endings."""
    found = [(route, entry) for route, entry in patterns() if is_data(entry.name or "")]
    yield from page_addresses([one for one in found if everywhere or not one[0].endswith((".csv", ".metadata.json"))])


def kinds_of_values(name: str, route: str) -> tuple[str, ...] | None:
    """Return which kinds of value an address takes; None where nobody said it."""
    parts = re.findall(r"<(?:\w+:)?(\w+)>", route)
    name = page_of(name)
    if name not in ARGUMENTS and route.startswith("desk/") and AT_THE_DESK.keys() >= set(parts):
        return tuple(AT_THE_DESK[part] for part in parts)
    return ARGUMENTS.get(name)


def page_addresses(patterns_walked: Iterable[tuple[str, URLPattern]] | None = None) -> Iterator[str]:
    """Yield the address of every page, and of every list with a search that finds every private word.

    Pages as data and packages have a walk of their own.
    """
    for route, entry in patterns_walked or patterns():
        name = entry.name or ""
        if route.startswith(("api/", "static/")) or (patterns_walked is None and is_data(name)):
            continue
        for arguments in itertools.product(*map(values_of, kinds_of_values(name, route) or ())):
            address = reverse(name, args=arguments)
            yield address
            page = page_of(name)
            if page in {"search", "evidence", "services", "all_services", "memos", "theory"}:
                yield f"{address}?q={PROBE}"
            if page == "theory":
                yield from (f"{address}?view={view}" for view in ("picture", "table", "sources"))
            if name in {"quote_table", "appendix", "package", "package-checksum"}:
                yield f"{address}?copy=team"
            if page == "setting":
                yield f"{address}?sector=charity"


def api_addresses(client: Client) -> Iterator[str]:
    """Yield every list of the API in every format with every kind of search, and rows of each."""
    resources = client.get(reverse("api-root")).json()
    for name, address in resources.items():
        path = re.sub(r"^https?://[^/]+", "", address)
        yield path
        if name != "changes":
            yield from (f"{path}?format={form}" for form in ("csv", "jsonl"))
        yield from (f"{path}{key}/" for key in KEYS.get(name, list)())
    for name in ("quotes", "evidence", "cmocs", "memos", "quotes.notes", "cmocs.evidence", "studies"):
        yield from (f"/api/v1/{name}/?format={form}" for form in ("xlsx", "parquet"))
    yield "/api/v1/quotes/q01/?format=csv"
    changes = f"{reverse('api-changes')}?rows=true&page_size=1000"
    yield from (changes, f"{changes}&since=2020-01-01")
    yield from (f"/api/v1/{name}/?q={PROBE}" for name in ("cmocs", "memos", "quotes", "services"))
    yield reverse("api-schema")
    yield reverse("api-docs")
    yield reverse("api-problems")
    yield "/api/v1/cmocs/?status=zq"
    yield "/api/v1/cmocs/?service=zqstudy1"
    yield "/api/v1/cmocs/?zq=1"


def keys(model: type, *fields: str) -> list[str]:
    """Return the public keys of the first row and of the newest ones, which are the private ones."""
    rows = list(model._base_manager.order_by("pk").values_list(*(fields or model.key_fields)))
    return [":".join(map(str, row)) for row in dict.fromkeys([*rows[:1], *rows[-NEWEST:]])]


KEYS = {
    "changes": list,
    "programmes": lambda: keys(Study.programme.field.related_model),
    "studies": lambda: keys(Study),
    "references": lambda: keys(Reference),
    "services": lambda: keys(Service),
    "populations": lambda: keys(Study.populations.rel.related_model),
    "theories": lambda: keys(Theory),
    "contexts": lambda: keys(Context),
    "mechanisms": lambda: keys(Theory.mechanisms.rel.related_model),
    "outcomes": lambda: keys(Outcome),
    "cmocs": lambda: keys(CMOC),
    "groups": lambda: keys(CMOCGroup),
    "caveats": lambda: keys(Caveat),
    "cmoc-links": lambda: keys(Theory.cmoc_links.rel.related_model),
    "quotes": lambda: keys(Quote),
    "evidence": lambda: keys(Evidence),
    "substantive-theories": lambda: keys(Theory.substantive_theories.rel.related_model),
    "surveys": lambda: keys(Survey),
    "lineage": lambda: keys(LineageEvent),
    "memos": lambda: keys(Memo),
    "reporting-answers": lambda: keys(ReportingAnswer),
}


MORE_SCREENS = {
    Source: ("code", "blind", "agreement", "speakers", "erase"),
    CMOC: ("split", "retire", "rename", "move", "review"),
    LineageEvent: ("reverse",),
    Theory: ("matrix",),
}


def admin_addresses(*, everywhere: bool) -> Iterator[str]:
    """Yield every screen of the admin for every row that marks something, and the lists with searches.

    Elsewhere than in the full size only the newest row is seen on every screen, the others in
    their forms and histories.
    """
    yield reverse("admin:index")
    yield reverse("admin:programmes_source_pseudonymise")
    yield reverse("admin:programmes_source_from_files")
    yield f"{reverse('admin:programmes_source_search')}?q={PROBE}"
    yield reverse("admin:programmes_participant_erasures")
    yield reverse("admin:programmes_participant_erasure", args=[Erasure.objects.get().pk])
    yield f"{reverse('admin:programmes_cmoc_merge')}?" + "&".join(f"cmoc={pk}" for pk in hidden_cmocs())
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        yield reverse(f"{base}_add")
        if admin.site._registry[model].search_fields:
            yield f"{reverse(f'{base}_changelist')}?q={PROBE}"
        if not hasattr(model, "access"):
            continue
        screens = ("change", "history", "delete", *MORE_SCREENS.get(model, ()))
        for turn, pk in enumerate(model._base_manager.order_by("-pk").values_list("pk", flat=True)[:NEWEST]):
            for screen in screens if everywhere or turn == 0 else screens[:2]:
                yield reverse(f"{base}_{screen}", args=[pk])
        for relation in model._meta.get_fields():
            if relation.many_to_one and relation.related_model in admin.site._registry and relation.concrete:
                yield (
                    f"{reverse('admin:autocomplete')}?app_label={model._meta.app_label}"
                    f"&model_name={model._meta.model_name}&field_name={relation.name}&term={PROBE}"
                )


def hidden_cmocs() -> list[int]:
    """Return the configurations of the private theory."""
    return list(CMOC.objects.filter(theory__slug="zqtheory-draft").values_list("pk", flat=True))


def unpacked(content: bytes) -> bytes:
    """Return the content of a file; of a document or workbook, which is an archive, and of Parquet all in it."""
    if content.startswith(b"PAR1"):
        return repr(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(map(archive.read, archive.namelist()))


def words_in(response, address: str) -> set[str]:
    """Return the private words of an answer, without those that only repeat the address."""
    content = b"".join(response) if response.streaming else response.content
    text = unpacked(content).decode("utf-8", "replace")
    asked = {word for word in MARKS if word in address}
    in_pieces = re.sub(r"<[^>]*>|&\w+;", "", text)  # as when a part of a word is marked
    return {word for word in MARKS if word in text or word in in_pieces} - asked


def visit(client: Client, addresses: list[str]) -> dict[str, list[str]]:
    """Return where each private word was seen."""
    seen: dict[str, list[str]] = {word: [] for word in MARKS}
    for address in addresses:
        response = client.get(address)
        assert response.status_code in {200, 302, 400, 403, 404, 405}, (address, response.status_code)
        for word in words_in(response, address):
            seen[word].append(address)
    return seen


def forbidden_words(name: str) -> set[str]:
    """Return the words that a person may not read."""
    if name not in ROLES:
        return set(MARKS)
    return {word for word, role in MARKS.items() if ROLES[name] not in TeamRole.at_least(role)}


def walk(user: User | None, addresses: list[str] | None = None, *, everywhere: bool = False) -> dict[str, list[str]]:
    """Return where somebody saw each private word: on these addresses, or on all."""
    client = Client()
    if user is not None:
        client.force_login(user)
    screens = admin_addresses(everywhere=everywhere)
    data = data_addresses(everywhere=True) if everywhere else ()
    return visit(client, addresses or [*page_addresses(), *data, *api_addresses(client), *screens])


@pytest.fixture
def quick(monkeypatch):
    """Leaves out of an answer what nobody looks at."""
    # In a picture nobody could look for words; so the words that it is made of stand in for it.
    monkeypatch.setattr("typst.compile", lambda source, **options: repr(options["sys_inputs"]).encode())
    # Word wants a picture that is one; the same words are in the PDF.
    monkeypatch.setattr("programmes.formats.word_documents.typeset", lambda *_arguments: ONE_PIXEL)
    # Django's client copies the context of every template, which nobody asks for here.
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_arguments, **_names: None)


def assert_sees_what_is_theirs(name: str, seen: dict[str, list[str]]) -> None:
    assert {word: places for word, places in seen.items() if word in forbidden_words(name) and places} == {}
    # The walk itself is tested too: what somebody may see is found somewhere.
    assert {word for word, places in seen.items() if not places} == forbidden_words(name)


@pytest.mark.slow(seconds=60, reason="asks for every address of the site as each kind of visitor")
# What is looked up is the same on both databases; in the full size everybody walks everywhere.
@pytest.mark.once
@pytest.mark.parametrize("name", ["anonymous", "lead"])
def test_nobody_sees_what_is_not_theirs(people, name, quick):
    seen = walk(people[name])

    assert_sees_what_is_theirs(name, seen)
    if name == "lead":
        private = sorted(set(itertools.chain.from_iterable(seen.values())))
        for other in ("outsider", "reviewer"):  # of all others one who is nobody here and one who is not let see most
            assert_sees_what_is_theirs(other, walk(people[other], private))


@pytest.mark.once
@pytest.mark.parametrize("name", ["anonymous", "reviewer"])
def test_nobody_sees_in_pages_as_data_and_packages_what_is_not_theirs(people, name, quick):
    seen = walk(people[name], list(data_addresses(everywhere=False)))

    elsewhere = {"zqerased"}  # which no package has
    assert {word for word, places in seen.items() if not places} == forbidden_words(name) | elsewhere


@pytest.mark.soak
@pytest.mark.parametrize("name", ["anonymous", "outsider", *ROLES])
def test_nobody_sees_anywhere_what_is_not_theirs(people, name, quick):
    assert_sees_what_is_theirs(name, walk(people[name], everywhere=True))


def test_every_address_takes_part_in_the_walk(people):
    without = {
        entry.name
        for route, entry in patterns()
        if "<" in route
        and not route.startswith(("api/", "static/"))
        and kinds_of_values(entry.name or "", route) is None
    }

    assert without == set()


def test_every_api_resource_takes_part_in_the_walk(people):
    assert set(Client().get(reverse("api-root")).json()) == {*KEYS, *INNER_LISTS}
