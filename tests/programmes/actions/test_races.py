"""Every act of the product at the same time as every other one on the same rows: each ends well, or in a sentence."""

import ast
import datetime as dt
import itertools
import json
import os
import random
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import RequestFactory
from knox.models import AuthToken

import programmes
from programmes.actions.accounts import end_token, make_token
from programmes.actions.begin_theory import begin_theory
from programmes.actions.bench_acts import ActAtBench, at_bench, redo_at_bench, undo_at_bench
from programmes.actions.code import Coding, NewCMOC, adjust_quote, code_passage, undo_coding
from programmes.actions.code_blind import (
    code_blind,
    discard_blind_coding,
    finish_blind_coding,
    remove_blind_codes,
    start_blind_coding,
)
from programmes.actions.decisions import Decision
from programmes.actions.delete import delete_cmoc
from programmes.actions.disclose import DisclosureVerdict, check_disclosure, record_consent, take_back_check
from programmes.actions.erase import Signed
from programmes.actions.evidence import change_role, uncode
from programmes.actions.fill import begin_row, fill_cell, paste_rows
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.note import note_on_cmoc, note_on_passage, note_on_source
from programmes.actions.order import put_before, put_in_group
from programmes.actions.participants import rename_participant
from programmes.actions.publish import make_private, publish
from programmes.actions.rename import rename
from programmes.actions.reporting import GivenAnswer, answer_standard
from programmes.actions.retire import retire
from programmes.actions.review import ask_for_review, review, stored_wording
from programmes.actions.reword import add_part, remove_part, rename_part, reword
from programmes.actions.speakers import mend_quotes, name_interviewed, name_participant, name_speakers, settle_quotes
from programmes.actions.split import split
from programmes.actions.successors import Successor, rows_to_copy
from programmes.actions.team import (
    accept_invitation,
    begin_study,
    give_role,
    invite,
    remove_from_team,
    withdraw_invitation,
)
from programmes.actions.theory_notes import add_caveat, link_outcome
from programmes.actions.undo import undo_decision
from programmes.actions.withdraw import withdraw_participant
from programmes.desk.conflicts import CONFLICTS, conflict_of
from programmes.desk.erasures import erase_what_is_there
from programmes.desk.speaker_fields import NEW
from programmes.desk.speakers import SpeakersForm
from programmes.desk.transcript_uploads import ConfirmTranscriptsView, UploadedTranscriptForm, as_content
from programmes.models import (
    CMOC,
    Erasure,
    Evidence,
    LineageEvent,
    Memo,
    Participant,
    Quote,
    SecondCoding,
    Source,
    Speaker,
    Theory,
    Upload,
)
from programmes.models.bench import BenchActKind
from programmes.models.configuration import SLOTS
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import canonical, write_package
from programmes.transcripts.read import checksum
from programmes.transcripts.reading import TranscriptReading
from programmes.upkeep.broken_rules import broken_rules
from programmes.vocabulary import CaveatKind, ConsentScope, EvidenceRole, SpeakerKind, TeamRole, UploadKind, Verdict
from tests.factories import (
    CaveatFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    MembershipFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)

TEXT = (
    "I: How was it?\nP: It was good to meet somebody like me.\nI: And then?\nP: Then I came back, and told the others."
)
DAY = dt.date(2026, 1, 2)
SECONDS = 30  # more than any two acts take
POST = RequestFactory().post("/")
SEED = int(os.environ.get("RACES_SEED", "17"))


def span_of(words):
    return (TEXT.index(words), TEXT.index(words) + len(words))


class Scene:
    """A study of its own with all that acts rest on, and somebody of each role."""

    def __init__(self):
        theory = self.theory = TheoryFactory()
        study = self.study = theory.study
        self.ada, self.ben, self.cleo, self.dan, self.eve, self.lea = (UserFactory() for _ in range(6))
        for user, role in (
            (self.ada, "curator"),
            (self.ben, "curator"),
            (self.cleo, "reviewer"),
            (self.dan, "curator"),
            (self.lea, "lead"),
        ):
            MembershipFactory(study=study, user=user, role=role)
        person = ParticipantFactory(study=study, pseudonym="p1")
        self.person = person
        self.source = SourceFactory(study=study, key="i1", text=TEXT, sha256=checksum(TEXT), participant=person)
        self.cmocs = [CMOCFactory(theory=theory, number=number, title=f"T{number}") for number in (1, 2, 3)]
        for cmoc in self.cmocs:
            CMOCContextFactory(cmoc=cmoc)
        CaveatFactory(theory=theory, number=1, cmoc=self.cmocs[0])
        start, end = span_of("good to meet somebody")
        self.quote = QuoteFactory(
            study=study,
            key="q01",
            text=TEXT[start:end],
            source=self.source,
            start=start,
            end=end,
            participant=person,
        )
        self.evidence = EvidenceFactory(cmoc=self.cmocs[0], quote=self.quote)
        plain = "Nobody is told apart here."
        self.unsaid = QuoteFactory(
            study=study,
            key="q90",
            text=plain,
            source=SourceFactory(study=study, key="i9", text=plain, sha256=checksum(plain)),
            start=0,
            end=len(plain),
            participant=None,
            visibility="private",
            consent="unknown",
        )
        self.worked_on = CMOCFactory(theory=theory, number=4, title="T4")
        self.at_bench = [self.done_at_bench(title) for title in ("Once", "Twice")]
        undo_at_bench(act=self.at_bench[1], by=self.ada)
        self.link = invite(study=study, role=TeamRole.READER, by=self.lea)
        self.token = AuthToken.objects.create(user=self.ada, expiry=None)[0].token_key
        self.part = self.cmocs[0].context_links.get().context
        self.outcome = CMOCOutcomeFactory(cmoc=self.cmocs[0]).outcome
        self.mistake = CMOCFactory(theory=theory, number=5, title="T5")
        unchecked = QuoteFactory(study=study, participant=person, visibility="private", disclosure_checked_date=None)
        self.checked = check_disclosure(
            quote=unchecked, version=1, verdict=DisclosureVerdict.CLEAN, masks=[], by=self.ben, on=DAY
        )
        self.unasked = ParticipantFactory(study=study, pseudonym="p2", consent_scope="unknown")
        self.renamed = rename(cmoc=self.cmocs[2], title="Renamed", decision=self.decision)
        self.coded = code_passage(
            source=self.source, span=span_of("I came back"), coding=self.coding(self.cmocs[1]), by=self.ada
        )
        ask_for_review(cmoc=self.cmocs[1], asked=True, reason="Ready")
        self.read = stored_wording(self.cmoc(1), self.cleo)
        self.blind = start_blind_coding(source=self.source, by=self.ben)
        self.blind_codes = code_blind(
            source=self.source,
            coding=self.blind.pk,
            span=span_of("somebody like me"),
            role=EvidenceRole.SUPPORTS,
            cmocs=[self.cmocs[0]],
            by=self.ben,
        )
        self.empty_blind = start_blind_coding(source=self.source, by=self.dan)
        self.speaker = Speaker.objects.create(
            source=self.source, label="P", kind=SpeakerKind.PARTICIPANT, participant=person
        )
        self.package = self.changed_package()

    def changed_package(self):
        """Return the study as a package in which somebody changed, added and left out something."""
        document = json.loads(write_package(Theory.objects.get(pk=self.theory.pk)))
        document["cmocs"][0]["title"] = "From the package"
        document["cmocs"][1].pop("evidence")
        start, end = span_of("How was it")
        place = {"source": "i1", "start": start, "end": end}
        document["quotes"].append({"key": "q90", "text": TEXT[start:end], "participant": "p1", **place})
        document["quotes"][0]["label_as_printed"] = "[#1]"
        return canonical(document)

    @property
    def decision(self):
        return Decision("They say the same.", self.ada)

    def cmoc(self, index):
        return CMOC.objects.select_related("theory__study").get(pk=self.cmocs[index].pk)

    def coding(self, *cmocs, **values):
        return Coding(role=EvidenceRole.SUPPORTS, cmocs=list(cmocs), memo="Why.", **values)

    def done_at_bench(self, title):
        with at_bench(ActAtBench(self.ada, self.study, BenchActKind.REWORDED, cmoc=self.worked_on)) as act:
            reword(cmoc=CMOC.objects.get(pk=self.worked_on.pk), field="title", text=title, decision=self.decision)
        return act.kept

    def code(self, words, *cmocs, **values):
        return code_passage(source=self.source, span=span_of(words), coding=self.coding(*cmocs, **values), by=self.ada)

    def of_ben(self):
        return {"source": self.source, "coding": self.blind.pk, "by": self.ben}


def successor(title, *cmocs):
    return Successor(title, "", tuple(row for cmoc in cmocs for row in rows_to_copy(cmoc)))


def saved(row, **values):
    """Do what a form does: check and save a record that was read before."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()


def speakers_form(scene):
    form = SpeakersForm(scene.source, {"speaker_0": NEW, "speaker_1": str(scene.person.pk)})
    assert form.is_valid(), form.errors
    return form


def keep_form(form):
    with transaction.atomic():
        form.save()


def deleted(row):
    with transaction.atomic():
        row.delete()


def form_of_a_file(scene):
    """Return the form in which somebody confirms a transcript that was read, as they would send it."""
    reading = TranscriptReading("I: And now?\nP: Now it is better.", (), (), ())
    upload = Upload.objects.create(
        uploader=scene.ada, study=scene.study, kind=UploadKind.TRANSCRIPT, name="later.txt", content=as_content(reading)
    )
    proposed = UploadedTranscriptForm(upload)
    sent = {proposed.add_prefix(name): proposed.initial.get(name, "") for name in proposed.fields}
    form = UploadedTranscriptForm(upload, sent)
    assert form.is_valid(), form.errors
    return form


def confirm_file(scene, form):
    view = ConfirmTranscriptsView()
    view.request = POST
    view.request.user = scene.ada
    if view.confirm([form]) is None:  # the form says why
        raise ValidationError([message for messages in form.errors.values() for message in messages])


def other_package(scene):
    """Return the package of the study as it is now, with another title of the study."""
    document = json.loads(write_package(Theory.objects.get(pk=scene.theory.pk)))
    document["study"]["title"] = "From another package"
    return canonical(document)


KINDS = {kind.name: kind for kind in SLOTS}
# Each is given what a screen has read before; what is returned does the act.
ACTS = {
    "code_passage": lambda scene: partial(scene.code, "told the others", scene.cmocs[0]),
    "code_passage to a new CMOC": lambda scene: partial(
        scene.code, "And then", new_cmoc=NewCMOC(scene.theory, "A candidate", "Alike"), slot="context"
    ),
    "check_disclosure": lambda scene: partial(
        check_disclosure,
        quote=scene.quote,
        version=scene.quote.version,
        verdict=DisclosureVerdict.MASK,
        masks=[(0, 4)],
        by=scene.ben,
        on=DAY,
    ),
    "take_back_check": lambda scene: partial(take_back_check, quote=scene.checked, version=scene.checked.version),
    "record_consent": lambda scene: partial(
        record_consent, participant=scene.unasked, version=scene.unasked.version, scope=ConsentScope.TEAM_ONLY
    ),
    "publish": lambda scene: partial(publish, study=scene.study, theories=[scene.theory], reason="Out."),
    "make_private": lambda scene: partial(
        make_private, study=scene.study, theories=[scene.theory], whole_study=True, reason="Not yet."
    ),
    "adjust_quote": lambda scene: partial(
        adjust_quote,
        quote=Quote.objects.select_related("source__study").get(pk=scene.quote.pk),
        span=span_of("to meet somebody"),
    ),
    "undo_coding": lambda scene: partial(undo_coding, made=scene.coded.made, by=scene.ada),
    "merge": lambda scene: partial(
        merge,
        cmocs=[scene.cmoc(0), scene.cmoc(1)],
        into=successor("Both", *scene.cmocs[:2]),
        decision=scene.decision,
    ),
    "split": lambda scene: partial(
        split, cmoc=scene.cmoc(0), into=[successor("A", scene.cmocs[0])] * 2, decision=scene.decision
    ),
    "move_evidence": lambda scene: partial(
        move_evidence,
        source=scene.cmoc(0),
        target=scene.cmoc(1),
        quotes=[scene.quote],
        decision=scene.decision,
    ),
    "rename": lambda scene: partial(rename, cmoc=scene.cmoc(0), title="Better", decision=scene.decision),
    "retire": lambda scene: partial(retire, cmoc=scene.cmoc(0), decision=scene.decision),
    "undo_decision": lambda scene: partial(undo_decision, event=scene.renamed, decision=scene.decision),
    "ask_for_review": lambda scene: partial(ask_for_review, cmoc=scene.cmoc(0), asked=True, reason="Ready"),
    "review": lambda scene: partial(
        review, cmoc=scene.cmoc(1), read=scene.read, verdict=Verdict.AGREE, comment="", by=scene.cleo
    ),
    "start_blind_coding": lambda scene: partial(start_blind_coding, source=scene.source, by=scene.ada),
    "code_blind": lambda scene: partial(
        code_blind,
        **scene.of_ben(),
        span=span_of("came back"),
        role=EvidenceRole.SUPPORTS,
        cmocs=[scene.cmoc(0)],
    ),
    "remove_blind_codes": lambda scene: partial(
        remove_blind_codes, **scene.of_ben(), codes=[code.pk for code in scene.blind_codes]
    ),
    "finish_blind_coding": lambda scene: partial(finish_blind_coding, **scene.of_ben()),
    "discard_blind_coding": lambda scene: partial(
        discard_blind_coding, source=scene.source, coding=scene.empty_blind.pk, by=scene.dan
    ),
    "name_speakers": lambda scene: partial(
        name_speakers,
        source=scene.source,
        speakers=[Speaker(source=scene.source, label="I", kind=SpeakerKind.INTERVIEWER)],
        reason="Said who speaks",
    ),
    "name_participant": lambda scene: partial(
        name_participant,
        source=scene.source,
        label="P1",
        pseudonym="p1",
        scope=ConsentScope.TEAM_ONLY,
        reason="Said who speaks",
    ),
    "name_interviewed": lambda scene: partial(
        name_interviewed,
        quote=Quote.objects.select_related("source__study").get(pk=scene.unsaid.pk),
        pseudonym="i9",
        scope=ConsentScope.TEAM_ONLY,
        reason="Said who speaks",
    ),
    "settle_quotes": lambda scene: partial(settle_quotes, scene.source, "Said who speaks"),
    "mend_quotes": lambda scene: partial(mend_quotes, source=scene.source, reason="Labels taken out"),
    "erase_passage": lambda scene: partial(
        erase_what_is_there,
        source=scene.source,
        span=span_of("somebody like me"),
        everywhere=False,
        signed=Signed("A name.", dt.date(2026, 1, 2), scene.ada),
    ),
    "withdraw_participant": lambda scene: partial(
        withdraw_participant, participant=scene.person, reason="They asked.", on=dt.date(2026, 1, 2)
    ),
    "change_role": lambda scene: partial(
        change_role, evidence=Evidence.objects.get(pk=scene.evidence.pk), role=EvidenceRole.REFINES, reason="Read again"
    ),
    "uncode": lambda scene: partial(uncode, evidence=Evidence.objects.get(pk=scene.evidence.pk), reason="Read again"),
    "note_on_passage": lambda scene: partial(
        note_on_passage, source=scene.source, span=span_of("And then"), text="Why?", by=scene.ada, reason="Reading"
    ),
    "note_on_cmoc": lambda scene: partial(
        note_on_cmoc, cmoc=scene.cmoc(0), text="Why?", by=scene.ada, reason="Reading"
    ),
    "note_on_source": lambda scene: partial(
        note_on_source, source=scene.source, text="Why?", by=scene.ada, reason="Reading"
    ),
    "reword": lambda scene: partial(
        reword, cmoc=scene.cmoc(0), field="statement", text="If, then.", decision=scene.decision
    ),
    "add_part": lambda scene: partial(
        add_part, cmoc=scene.cmoc(0), kind=KINDS["context"], label="Winter", decision=scene.decision
    ),
    "remove_part": lambda scene: partial(
        remove_part, cmoc=scene.cmoc(0), kind=KINDS["context"], key=scene.part.key, decision=scene.decision
    ),
    "rename_part": lambda scene: partial(
        rename_part,
        theory=scene.theory,
        kind=KINDS["context"],
        key=scene.part.key,
        label="A cold winter",
        decision=scene.decision,
    ),
    "answer_standard": lambda scene: partial(
        answer_standard, theory=scene.theory, given={7: GivenAnswer("yes", "p. 4")}, decision=scene.decision
    ),
    "add_caveat": lambda scene: partial(
        add_caveat, cmoc=scene.cmoc(0), kind=CaveatKind.CONDITION, text="Not in winter.", decision=scene.decision
    ),
    "link_outcome": lambda scene: partial(
        link_outcome,
        cmoc=scene.cmoc(0),
        outcome=scene.outcome.key,
        label=scene.part.label,
        why="Known once.",
        decision=scene.decision,
    ),
    "delete_cmoc": lambda scene: partial(
        delete_cmoc,
        cmoc=CMOC.objects.select_related("theory__study").get(pk=scene.mistake.pk),
        decision=scene.decision,
    ),
    "rename_participant": lambda scene: partial(
        rename_participant,
        participant=scene.unasked,
        version=scene.unasked.version,
        pseudonym="p9",
        reason="Called otherwise",
    ),
    "undo_at_bench": lambda scene: partial(undo_at_bench, act=scene.at_bench[0], by=scene.ada),
    "redo_at_bench": lambda scene: partial(redo_at_bench, act=scene.at_bench[1], by=scene.ada),
    "fill_cell": lambda scene: partial(
        fill_cell, cmoc=scene.cmoc(0), column="context", text="Winter\nSummer", decision=scene.decision
    ),
    "begin_row": lambda scene: partial(
        begin_row, theory=scene.theory, column="context", text="Winter", decision=scene.decision
    ),
    "paste_rows": lambda scene: partial(
        paste_rows,
        theory=scene.theory,
        start=scene.cmoc(1),
        rows=[[("title", "A"), ("context", "Winter")], [("title", "B")], [("title", "C")]],
        decision=scene.decision,
    ),
    "put_before": lambda scene: partial(
        put_before, cmoc=scene.cmoc(2), follower=scene.cmoc(0), decision=scene.decision
    ),
    "put_in_group": lambda scene: partial(
        put_in_group, cmocs=[scene.cmoc(0), scene.cmoc(2)], heading="Comes back", decision=scene.decision
    ),
    "begin_theory": lambda scene: partial(begin_theory, study=scene.study, reason="A second one"),
    "begin_study": lambda scene: partial(begin_study, title="Another study", by=scene.ada),
    "invite": lambda scene: partial(invite, study=scene.study, role=TeamRole.READER, by=scene.ada),
    "withdraw_invitation": lambda scene: partial(
        withdraw_invitation, study=scene.study, invitation=scene.link.invitation.pk
    ),
    "accept_invitation": lambda scene: partial(accept_invitation, token=scene.link.token, by=scene.eve),
    "make_token": lambda scene: partial(make_token, user=scene.ada, name="Nightly copy", days=1),
    "end_token": lambda scene: partial(end_token, user=scene.ada, key=scene.token),
    "give_role": lambda scene: partial(give_role, study=scene.study, user=scene.dan.pk, role=TeamRole.REVIEWER),
    "remove_from_team": lambda scene: partial(remove_from_team, study=scene.study, user=scene.dan.pk),
    "form of a CMOC": lambda scene: partial(saved, scene.cmoc(0), status="contested"),
    "form of a quote": lambda scene: partial(saved, Quote.objects.get(pk=scene.quote.pk), disclosure_note="Seen."),
    "form of a participant": lambda scene: partial(
        saved, Participant.objects.get(pk=scene.person.pk), consent_note="Asked again."
    ),
    "form of the speakers": lambda scene: partial(keep_form, speakers_form(scene)),
    "load of a package": lambda scene: partial(read_package, scene.package),
    "load of another package": lambda scene: partial(read_package, other_package(scene)),
    "upload of a transcript": lambda scene: partial(confirm_file, scene, form_of_a_file(scene)),
    "deletion of a CMOC": lambda scene: partial(deleted, scene.cmoc(1)),
    "deletion of a quote": lambda scene: partial(deleted, Quote.objects.get(pk=scene.quote.pk)),
}


def acts_of_the_product():
    """Return the name of every public function in actions that opens a transaction."""
    folder = Path(programmes.__file__).parent / "actions"
    return {
        node.name
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and any("transaction" in ast.unparse(one) for one in node.decorator_list)
    }


def test_every_act_is_raced():
    assert acts_of_the_product() == {name.split()[0] for name in ACTS if " of " not in name}


def outcome(act):
    """Do an act as a screen does: once more where the database ended it for another one. Return how it ended."""
    repeated = False
    while True:
        try:
            act()
        except PackageError as error:  # what a load says of others has a remedy, and is no fault of the database
            return error if not any("busy" in str(problem) for problem in error.problems) else f"busy: {error}"
        except CONFLICTS as error:
            conflict = conflict_of(error, POST)
            if conflict is None:
                return f"{type(error).__name__}: {error}"
            if not conflict.may_repeat or repeated:
                return conflict
            repeated = True
        except Exception as error:  # noqa: BLE001  told of the pair it happened to
            return f"{type(error).__name__}: {error}"
        else:
            return "well"


def waiting(processes=2):
    """Wait until as many connections wait for a lock, or for a moment."""
    if connection.vendor == "sqlite":
        time.sleep(0.05)  # it tells nobody who waits
        return
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= processes:
                return
        time.sleep(0.005)


HELD = ("study", "theory", "participant", "source", "cmoc", "quote")


def race(scene, acts):
    """Let acts run at once: each begins, and waits for a lock that is then let go."""
    ended = {}

    def run(place, act):
        try:
            ended[place] = outcome(act)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=entry, daemon=True) for entry in enumerate(acts)]
    rows = {
        "study": [scene.study],
        "theory": [scene.theory],
        "participant": [scene.person],
        "source": [scene.source],
        "cmoc": scene.cmocs,
        "quote": [scene.quote],
    }
    with transaction.atomic():
        for name in HELD:
            keys = [row.pk for row in rows[name]]
            list(type(rows[name][0])._base_manager.select_for_update().filter(pk__in=keys).values_list("pk"))
        for thread in threads:
            thread.start()
        waiting(len(acts))
    for thread in threads:
        thread.join(SECONDS)
    assert len(ended) == len(acts), "an act did not end"
    return [ended[place] for place in range(len(acts))]


def faults_of(names):
    """Race acts of these names on rows of their own; return what should not be."""
    Erasure.objects.all().delete()  # the words of the next scene are the same
    scene = Scene()
    ended = race(scene, [ACTS[name](scene) for name in names])
    pair = f"{' ∥ '.join(names)} (seed {SEED})"
    faults = [
        f"{pair}: {name}: {end}"
        for name, end in zip(names, ended, strict=True)
        if isinstance(end, str) and end != "well"
    ]
    if "withdraw_participant" in names:
        faults += [f"{pair}: words are left" for _ in [0] if Source.objects.get(pk=scene.source.pk).text]
        if "well" not in [end for name, end in zip(names, ended, strict=True) if name == "withdraw_participant"]:
            faults.append(f"{pair}: nothing was erased: {ended}")
    if "well" not in ended:
        faults.append(f"{pair}: none went well: {ended}")
    for model in (Quote, Evidence, Memo, CMOC, LineageEvent, SecondCoding, Participant, Source):
        latest = {}
        for state in model.history.order_by("history_id").values("id", "history_type", "version"):
            latest[state["id"]] = (state["history_type"] != "-", state["version"])
        stored = dict(model._base_manager.values_list("pk", "version"))
        wrong = [pk for pk, version in stored.items() if latest.get(pk) != (True, version)]
        faults += [f"{pair}: history of {model.__name__} {pk}: {latest.get(pk)}, not {stored[pk]}" for pk in wrong]
    faults += [f"{pair}: {line}" for line in broken_rules()]
    return faults


PAIRS = list(itertools.combinations_with_replacement(ACTS, 2))
OF_LOADS = [pair for pair in PAIRS if any(name.startswith(("load", "upload")) for name in pair)]
DRAWN = [*random.Random(SEED).sample(PAIRS, 8), *random.Random(SEED).sample(OF_LOADS, 3)]  # noqa: S311  no secret
WITH_EACH = [
    pytest.param([pair for pair in PAIRS if pair[0] == name], id=name, marks=pytest.mark.soak) for name in ACTS
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pairs", [pytest.param(DRAWN, id="drawn"), *WITH_EACH])
def test_two_acts_at_once_end_well_or_in_a_sentence(pairs, settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    assert [fault for names in pairs for fault in faults_of(names)] == []


IN_ONE_SOURCE = 50  # acts of one coder, half of them in a source of all


def passages(number):
    """Return a text with as many lines, and the place of each."""
    lines = [f"P: What was said in line {line} is told once." for line in range(number)]
    text = "\n".join(lines)
    places, start = [], 0
    for line in lines:
        places.append((start + 3, start + len(line) - 1))
        start += len(line) + 1
    return text, places


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("coders", [4, pytest.param(8, marks=pytest.mark.soak)])
@pytest.mark.parametrize("acts", [pytest.param(40, id="some"), pytest.param(10_000, id="many", marks=pytest.mark.soak)])
def test_of_busy_coders_nobody_is_refused(coders, acts):
    scene = Scene()
    each = acts // coders
    text, places = passages(max(IN_ONE_SOURCE, IN_ONE_SOURCE // 2 * coders))
    sources = {  # of each coder alone, and the last of all
        (coder, part): SourceFactory(
            study=scene.study,
            key=f"source-{coder}-{part}",
            text=text,
            sha256=checksum(text),
            participant=scene.person,
        )
        for coder in range(coders + 1)
        for part in range(-(-each // IN_ONE_SOURCE))
    }
    refused, before = [], (Memo.objects.count(), CMOC.objects.count())

    def work(coder):
        try:
            for number in range(each):
                # By turns a source of one's own and one that all code, and a candidate now and then.
                part, number_there = divmod(number, IN_ONE_SOURCE)
                shared = number % 2
                source = sources[coders if shared else coder, part]
                place = places[number_there // 2 * coders + coder if shared else number_there]
                new = NewCMOC(scene.theory, f"{coder} {number}") if number % 10 == 1 else None
                coding = scene.coding(scene.cmocs[number % 3], new_cmoc=new)
                ended = outcome(lambda: code_passage(source=source, span=place, coding=coding, by=scene.ada))  # noqa: B023  done at once
                if ended != "well":
                    refused.append((coder, number, ended))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(coder,), daemon=True) for coder in range(coders)]
    connection.close()  # there are as many in the pool as coders
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(3600)

    assert refused == []
    assert Memo.objects.count() - before[0] == each * coders
    assert CMOC.objects.count() - before[1] == coders * len(range(1, each, 10))
