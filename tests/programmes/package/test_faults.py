"""Faults planted into a theory that has everything: each is one problem, with its place, its value and a remedy."""

import copy
import datetime as dt
import json
import re
from typing import Any

import pytest

from programmes.actions.withdraw import withdraw_participant
from programmes.models import Participant, Source, Study, Theory
from programmes.package.document import parse
from programmes.package.plan import Plan
from programmes.package.problems import PackageError, Problem
from programmes.package.read import read_package
from programmes.package.schema import package_schema
from programmes.package.sections import VERSION
from programmes.package.structure import structure_problems
from programmes.package.write import write_package
from programmes.search.did_you_mean import shown
from tests.theories import package
from tests.theories.minimal import minimal_package

# With a least row in those lists that the theory has not.
BREAKFAST = minimal_package(json.loads(package("breakfast")))


def with_fault(document: dict, path: str, value: Any) -> dict:
    """Return the document with one value set, or removed where the value is Ellipsis."""
    faulty = copy.deepcopy(document)
    place: Any = faulty
    *above, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]
    for part in above:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return faulty


def problems_in(document: dict) -> list[Problem]:
    """Return the problems of a document that is well-formed JSON."""
    return Plan(document, structure_problems(document)).problems


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file: is empty; give the file of a package"),
        (b" \n", "the file: is empty; give the file of a package"),
        (b"\xff", "line 1 column 1: is not UTF-8 (found byte FF); save the file with the encoding UTF-8"),
        (
            '{\n"é": "'.encode() + b'\xe9"}',
            "line 2 column 7: is not UTF-8 (found byte E9); save the file with the encoding UTF-8",
        ),
        (
            "{}".encode("utf-16"),
            "the file: is written in UTF-16 or UTF-32; save the file with the encoding UTF-8",
        ),
        (
            "{}".encode("utf-16-le"),
            "the file: is written in UTF-16 or UTF-32; save the file with the encoding UTF-8",
        ),
        (
            "{}".encode("utf-32"),
            "the file: is written in UTF-16 or UTF-32; save the file with the encoding UTF-8",
        ),
        (
            "\ufeff\ufeff{}".encode(),
            "the file: begins with two byte-order marks; save the file anew with the encoding UTF-8",
        ),
        (
            b"PK\x03\x04",
            "the file: is a ZIP file, as those of Word and Excel are; unpack it, and give the JSON file that is in it",
        ),
        (b"\x1f\x8b", "the file: is a packed file; unpack it, and give the JSON file that is in it"),
        (b"%PDF-1.7", "the file: is a PDF; give the package as a JSON file"),
        (b"{\\rtf1 }", "the file: is a document of an office program; give the package as a JSON file"),
        (
            b"<!DOCTYPE html>",
            'the file: is a page in HTML or XML (found "<!DOCTYPE html>"); '
            "download the file itself, not the page that shows it",
        ),
        (
            b"[{}]",
            'the document: is a list, not an object in braces (found "[{}]"); '
            "give each package of the list as a file of its own",
        ),
        (
            b"number,statement\n1,Yes",
            'the document: must be an object in braces (found "number,statement\\n1,Y"); '
            "begin it with {; a table or a text has to be written as a package first",
        ),
        (b"{", "line 1 column 2: is where the file ends, before the package does; copy the whole file anew"),
        (
            b'{"a": 1,\n\n',
            "line 3 column 1: is where the file ends, before the package does; copy the whole file anew",
        ),
        (
            b"{'a': 1}",
            "line 1 column 2: lacks the name of a field (found \"'a': 1}\"); "
            "write the name in double quotes; no comma stands before a closing brace",
        ),
        (
            b'{"a" 1}',
            'line 1 column 6: lacks the colon between a name and its value (found "1}"); put a colon there',
        ),
        (
            b'{"a": "say "hope""}',
            "line 1 column 13: lacks a comma, or a quotation mark inside a text looks like its end "
            '(found "hope\\"\\"}"); put a comma between two values; write \\" for a quotation mark inside a text',
        ),
        (
            b'{"a": True}',
            'line 1 column 7: has no value that JSON knows (found "True}"); '
            "write texts in double quotes, and no comma before a closing bracket",
        ),
        (
            b'{"a": "x',
            'line 1 column 7: begins a text that never ends (found "\\"x"); close it with a double quotation mark',
        ),
        (
            b'{"a": "x\ny"}',
            "line 1 column 9: has a line break, tab or other control character inside a text "
            '(found "\\ny\\"}"); write \\n for a line break and \\t for a tab',
        ),
        (
            b'{"a": "C:\\data"}',
            'line 1 column 10: has a backslash that means nothing (found "\\\\data\\"}"); write \\\\ for a backslash',
        ),
        (
            b"{} {}",
            'line 1 column 4: goes on after the package has ended (found "{}"); '
            "remove the rest, or load it as a file of its own",
        ),
        (
            b'{"a": {"b": [1, NaN]}}',
            'a.b[1]: is a number that no field holds (found "NaN"); write it with few digits, or leave it out',
        ),
        (
            b'{"a": -1e400}',
            'a: is a number that no field holds (found "-1e400"); write it with few digits, or leave it out',
        ),
        (
            b'{"a": ' + b"1" * 5000 + b"}",
            'a: is a number that no field holds (found "11111111111111111111…"); '
            "write it with few digits, or leave it out",
        ),
        (
            b'{"a": [{"b": {"c": 1, "d": 0, "c": [2]}}]}',
            "a[0].b.c: is given twice in one object (found 1 and [2]); keep one of them",
        ),
        (
            b'{"a":\n' * 100_000,
            "line 13 column 1: has more brackets inside one another than any package; "
            "close the brackets that were left open",
        ),
        (
            b'{"a": ' * 13 + b"1" + b"}" * 13,
            "a.a.a.a.a.a.a.a.a.a.a.a.a: has more brackets inside one another than any package; "
            "close the brackets that were left open",
        ),
    ],
)
def test_file_that_is_no_package_is_refused_in_a_sentence(data, expected):
    with pytest.raises(PackageError) as caught:
        parse(data)

    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_fault_that_python_does_not_name_yet_is_refused_too(monkeypatch):
    monkeypatch.setattr("programmes.package.document.FAULTS", {})

    with pytest.raises(PackageError) as caught:
        parse(b"{} {}")

    assert str(caught.value.problems[0]) == 'line 1 column 4: is not JSON (found "{}"); correct the file there'


def test_byte_order_mark_is_accepted():
    assert parse(b"\xef\xbb\xbf{}") == {}


def test_address_may_be_empty():
    assert structure_problems(with_fault(BREAKFAST, "study.licence_url", "")) == []


def test_number_may_be_written_with_a_point():
    assert parse(b'{"a": 1.0, "b": 2e2, "c": 1.5}') == {"a": 1, "b": 200, "c": 1.5}
    assert isinstance(parse(b'{"a": 1.0}')["a"], int)


FAULTS: list[tuple[str, Any, str]] = [
    ("format", ..., 'format: is missing; add it: "realist-theory-package"'),
    ("version", ..., f"version: is missing; add it: {VERSION}"),
    ("programme.name", ..., "programme.name: is missing; add it: a text in quotation marks"),
    ("study", ..., "study: is missing; add it: an object in braces"),
    ("study.title", ..., "study.title: is missing; add it: a text in quotation marks"),
    ("theory.slug", ..., "theory.slug: is missing; add it: a text in quotation marks"),
    ("cmocs[0].number", ..., "cmocs[0].number: is missing; add it: a whole number without quotation marks"),
    ("contexts[2].key", ..., "contexts[2].key: is missing; add it: a text in quotation marks"),
    ("quotes[2].key", ..., "quotes[2].key: is missing; add it: a text in quotation marks"),
    (
        "cmocs[0].contexts[0].context",
        ...,
        "cmocs[0].contexts[0].context: is missing; add it: a text in quotation marks",
    ),
    (
        "cmocs[0].readings[0].signed_by",
        ...,
        "cmocs[0].readings[0].signed_by: is missing; add it: a text in quotation marks",
    ),
    ("memos[0].signed_date", ..., "memos[0].signed_date: is missing; add it: a date, as YYYY-MM-DD"),
    (
        "cmocs[0].evidence[0].role",
        ...,
        "cmocs[0].evidence[0].role: is missing; add it; known are supports, refines, counters, illustrates",
    ),
    (
        "services[0].deliveries[0].mode",
        ...,
        "services[0].deliveries[0].mode: is missing; add it: a text in quotation marks",
    ),
    (
        "mood",
        "calm",
        'mood: is not a field here (found "calm"); known are format, version, programme, study, '
        "kinds_of_people, sectors, places, delivery_modes, services, populations, references, participants …",
    ),
    ("study.titel", "x", 'study.titel: is not a field here (found "x"); did you mean "title"?'),
    (
        "cmocs[0].context",
        "hungry-mornings",
        'cmocs[0].context: is not a field here (found "hungry-mornings"); did you mean "contexts"?',
    ),
    (
        "surveys[0].topic_groups[0].txt",
        "x",
        'surveys[0].topic_groups[0].txt: is not a field here (found "x"); did you mean "text"?',
    ),
    ("format", "theory", 'format: must be "realist-theory-package" (found "theory"); write "realist-theory-package"'),
    ("version", "one", f'version: must be {VERSION} (found "one"); write {VERSION}'),
    ("study.title", 7, 'study.title: must be a text in quotation marks (found 7); write "7"'),
    (
        "study.title",
        None,
        "study.title: must be a text in quotation marks (found null); write a text in quotation marks, "
        "or leave it out if it may be missing",
    ),
    (
        "study.interviews",
        "10",
        'study.interviews: must be a whole number without quotation marks (found "10"); write 10',
    ),
    (
        "study.interviews",
        2.5,
        "study.interviews: must be a whole number without quotation marks (found 2.5); write a whole "
        "number without quotation marks",
    ),
    (
        "study.interviews",
        True,
        "study.interviews: must be a whole number without quotation marks (found true); write a whole "
        "number without quotation marks",
    ),
    (
        "study.keywords",
        "peers",
        'study.keywords: must be a list in square brackets (found "peers"); write a list in square brackets',
    ),
    ("study.keywords", [3], 'study.keywords[0]: must be a text in quotation marks (found 3); write "3"'),
    ("study.keywords", [" "], 'study.keywords[0]: shows nothing but white space (found " "); give a text'),
    (
        "study.authors",
        {},
        "study.authors: must be a list in square brackets (found {}); write a list in square brackets",
    ),
    (
        "study.authors[0]",
        "Ash",
        'study.authors[0]: must be an object in braces (found "Ash"); write an object in braces',
    ),
    ("programme", [], "programme: must be an object in braces (found []); write an object in braces"),
    (
        "theory",
        None,
        "theory: must be an object in braces (found null); write an object in braces, or leave it out if "
        "it may be missing",
    ),
    ("cmocs", {}, "cmocs: must be a list in square brackets (found {}); write a list in square brackets"),
    (
        "cmocs[1]",
        None,
        "cmocs[1]: must be an object in braces (found null); write an object in braces, or leave it out "
        "if it may be missing",
    ),
    (
        "cmocs[1].contexts[0]",
        3,
        "cmocs[1].contexts[0]: must be an object in braces (found 3); write an object in braces",
    ),
    (
        "cmocs[1].outcomes",
        "hope",
        'cmocs[1].outcomes: must be a list in square brackets (found "hope"); write a list in square brackets',
    ),
    (
        "cmocs[0].readings[0].shown",
        "yes",
        'cmocs[0].readings[0].shown: must be true or false (found "yes"); write true or false',
    ),
    ("cmocs[0].number", "1", 'cmocs[0].number: must be a whole number without quotation marks (found "1"); write 1'),
    (
        "cmocs[0].number",
        "1a",
        'cmocs[0].number: must be a whole number without quotation marks (found "1a"); write a whole '
        'number for the order, and "1a" as the label',
    ),
    ("services[0].number", 1, 'services[0].number: must be a text in quotation marks (found 1); write "1"'),
    (
        "references[0].number",
        None,
        "references[0].number: must be a whole number without quotation marks (found null); write a "
        "whole number without quotation marks, or leave it out if it may be missing",
    ),
    ("study.title", "", 'study.title: must not be empty (found ""); give a text, or leave the row out'),
    (
        "study.kind",
        "evaluatoin",
        'study.kind: is not one of the terms (found "evaluatoin"); did you mean "evaluation"?',
    ),
    (
        "cmocs[0].status",
        "true",
        'cmocs[0].status: is not one of the terms (found "true"); known are candidate, supported, '
        "refined, contested, refuted, retired",
    ),
    ("cmocs[0].number", 0, "cmocs[0].number: must be at least 1 (found 0); give a larger number"),
    ("cmocs[0].number", -3, "cmocs[0].number: must be at least 1 (found -3); give a larger number"),
    (
        "cmocs[0].number",
        2147483648,
        "cmocs[0].number: must be at most 2147483647 (found 2147483648); give a smaller number",
    ),
    (
        "study.volume",
        "xxxxxxxxxxxxxxxxxxxxx",
        'study.volume: has 21 letters; at most 20 are kept (found "xxxxxxxxxxxxxxxxxxxxx"); shorten it',
    ),
    (
        "study.collection_start",
        "2022-02-30",
        'study.collection_start: is not a date of the calendar (found "2022-02-30"); write it as YYYY, '
        "YYYY-MM or YYYY-MM-DD, as far as it is known",
    ),
    (
        "study.collection_start",
        "20220228",
        'study.collection_start: is not a date of the calendar (found "20220228"); write it as YYYY, '
        "YYYY-MM or YYYY-MM-DD, as far as it is known",
    ),
    (
        "memos[0].signed_date",
        "yesterday",
        'memos[0].signed_date: is not a date of the calendar (found "yesterday"); write it as YYYY-MM-DD',
    ),
    (
        "study.licence_url",
        "no address",
        'study.licence_url: is not an address of the web (found "no address"); write it whole, as in '
        "https://example.org/page",
    ),
    (
        "references[0].url",
        "example.org",
        'references[0].url: is not an address of the web (found "example.org"); write it whole, as in '
        "https://example.org/page",
    ),
    (
        "theory.slug",
        "two words",
        'theory.slug: does not have the right form (found "two words"); use letters, digits, hyphens and '
        "underscores only",
    ),
    (
        "contexts[0].key",
        "two words",
        'contexts[0].key: does not have the right form (found "two words"); use letters, digits, hyphens '
        "and underscores only",
    ),
    (
        "contexts[0].key",
        "x" * 81,
        "contexts[0].key: has 81 letters; at most 80 are kept (found "
        '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…); shorten it',
    ),
    ("study.aim", "a\0b", 'study.aim: has U+0000 (NULL) in line 1, column 2 (found "a\\u0000b"); delete it there'),
    (
        "study.aim",
        "a\ud800b",
        'study.aim: has U+D800 (HALF OF A SURROGATE PAIR) in line 1, column 2 (found "a\\ud800b"); delete it there',
    ),
    (
        "cmocs[1].number",
        1,
        "cmocs[1].number: is already given at cmocs[0] (found 1); give each row its own, or remove one",
    ),
    (
        "contexts[1].key",
        "hungry-mornings",
        'contexts[2].key: is already given at contexts[1] (found "hungry-mornings"); give each row its '
        "own, or remove one",
    ),
    (
        "quotes[0].key",
        "cook-belly",
        'quotes[2].key: is already given at quotes[0] (found "cook-belly"); give each row its own, or remove one',
    ),
    (
        "cmocs[0].contexts[0].context",
        "hungry-morning",
        'cmocs[0].contexts[0].context: no context "hungry-morning" (found "hungry-morning"); did you '
        'mean "hungry-mornings"?',
    ),
    (
        "contexts[2].key",
        "hungry",
        'cmocs[0].contexts[0].context: no context "hungry-mornings", as also at '
        "cmocs[5].contexts[0].context, cmocs[7].contexts[1].context, memos[5].context (found "
        '"hungry-mornings"); known are early-shifts, free-of-charge, hungry, letter-only, open-to-all',
    ),
    (
        "cmocs[0].evidence[0].quote",
        "none-such",
        'cmocs[0].evidence[0].quote: no quote "none-such" (found "none-such"); known are answer-arabic, '
        "answer-emoji, cook-belly, cook-letter, head-table, note-door, officer-letter, policy-hours, "
        "pupil-names, volunteer-jam",
    ),
    (
        "cmocs[0].evidence[0].quote",
        3,
        'cmocs[0].evidence[0].quote: must be a text in quotation marks (found 3); write "3"',
    ),
    ("caveats[0].cmoc", 99, "caveats[0].cmoc: no CMOC 99 (found 99); known are 1, 2, 3, 4, 5, 6, 7, 8"),
    ("caveats[0].cmoc", "1", 'caveats[0].cmoc: must be a whole number without quotation marks (found "1"); write 1'),
    ("caveats[2].refutes", 3, "caveats[2].refutes: names its own row (found 3); name another, or leave it out"),
    (
        "caveats[1].refutes",
        3,
        "caveats[1].refutes: closes a circle with caveats[2].refutes (found 3); name another, or leave it out",
    ),
    ("memos[0].theory", "other", 'memos[0].theory: no theory "other" (found "other"); known are breakfast'),
    (
        "participants[0].service",
        "99",
        'participants[0].service: no service "99" (found "99"); known are 01, 02, 03, 04, 05, 06, 07',
    ),
    (
        "theory.predecessor",
        "none-such",
        'theory.predecessor: no other theory "none-such" in the database (found "none-such"); there is '
        "none to choose from",
    ),
    (
        "theory.predecessor",
        "breakfast",
        'theory.predecessor: names its own row (found "breakfast"); name another, or leave it out',
    ),
    (
        "mechanisms[0].resource",
        "full-stomach",
        "mechanisms[0].resource: the resource of a pair must be a mechanism of kind resource (found "
        '"full-stomach"); name a mechanism of kind "resource", or give that one this kind',
    ),
    ("lineage[0].steps[0].before", 77, "lineage[0].steps[0].before: no CMOC 77 (found 77); did you mean 7?"),
    (
        "cmocs[0].statement_reporting",
        "not-loaded",
        "cmocs[0].statement_reporting: reported text must be given; text that is not stated or not "
        'loaded must be empty (found {"statement_reporting": "not-loaded", "statement": "Where c…); give '
        "the text, or say in which way it is missing",
    ),
    (
        "cmocs[0].context_absence",
        "reported",
        'cmocs[0].context_absence: say in which way the slot is missing (found "reported"); leave it out '
        "where the slot is filled; otherwise say in which way it is missing",
    ),
    (
        "services[0].programme_text_reporting",
        "not-stated",
        "services[0].programme_text_reporting: reported text must be given; text that is not stated or "
        'not loaded must be empty (found {"programme_text_reporting": "not-stated", "programme_text"…); '
        "give the text, or say in which way it is missing",
    ),
    (
        "study.collection_start",
        "2199-01-01",
        'study.collection_end: data collection cannot end before it starts (found {"collection_end": '
        '"2024-03-22", "collection_start": "2199-…); exchange the two dates, or correct one',
    ),
    (
        "mechanisms[1].resource",
        "shared-table",
        "mechanisms[1].resource: only a mechanism of kind reasoning can be paired with a resource (found "
        '"shared-table"); write "reasoning" as its kind, or leave resource out',
    ),
    (
        "sources[0].sha256",
        "0" * 64,
        "sources[0].sha256: is not the checksum of this text (found "
        '"0000000000000000000000000000000000000000000000000000000000…); leave it out, and it is worked '
        "out",
    ),
    (
        "sources[0].text",
        ...,
        "sources[0].sha256: a text has a checksum, and a checksum has a text (found "
        '"d0475045391ea41a8daa7421df3034a57e14635102050f9257508c55bf…); leave it out',
    ),
    (
        "quotes[2].start",
        96,
        'quotes[2].start: the words do not stand at this place of the source (found {"start": 96, "end": '
        '157, "text": "You don\'t teach a rumbli…); write start 95 and end 157, where the words stand',
    ),
    (
        "quotes[2].end",
        ...,
        'quotes[2].end: a span has a start, an end and a source (found {"start": 95, "source": '
        '"interview-cook"}); give source, start and end, or none of them and a locator',
    ),
    (
        "quotes[2].start",
        ...,
        'quotes[2].end: a span has a start, an end and a source (found {"end": 157, "source": '
        '"interview-cook"}); give source, start and end, or none of them and a locator',
    ),
    (
        "quotes[2].end",
        95,
        'quotes[2].end: a span ends after it starts (found {"end": 95, "start": 95}); write as end the '
        "place after the last letter",
    ),
    (
        "quotes[2].source",
        ...,
        'quotes[2].source: a span has a start, an end and a source (found {"end": 157, "start": 95}); '
        "give source, start and end, or none of them and a locator",
    ),
    (
        "quotes[2].text",
        "You do not teach.",
        'quotes[2].start: the words do not stand at this place of the source (found {"start": 95, "end": '
        '157, "text": "You do not teach."}); count from 0, each character once, and give the words '
        "letter by letter as they stand there",
    ),
    (
        "quotes[2].disclosure_checked_by",
        ...,
        "quotes[2].disclosure_checked_by: a public quote needs a disclosure check: by whom, and when "
        '(found {"disclosure_checked_date": "2025-03-04"}); say who checked it and when, or leave '
        "visibility out, so that it stays private",
    ),
    (
        "quotes[2].disclosure_checked_date",
        ...,
        "quotes[2].disclosure_checked_date: a public quote needs a disclosure check: by whom, and when "
        '(found {"disclosure_checked_by": "Curators of the tests"}); say who checked it and when, or '
        "leave visibility out, so that it stays private",
    ),
    (
        "quotes[2].consent",
        ...,
        "quotes[2].consent: a public quote needs a known ground of consent; say on which ground, such as "
        '"published", or leave visibility out, so that it stays private',
    ),
    (
        "quotes[2].participant",
        ...,
        'quotes[2].participant: consent of a participant needs a participant (found {"consent": '
        '"participant"}); name the participant, or another ground of consent',
    ),
    (
        "participants[0].consent_scope",
        ...,
        "quotes[2].visibility: a public quote needs a participant who consented to publication and has "
        'not withdrawn, as also at quotes[3].visibility (found {"visibility": "public", "participant": '
        '"cook"}); leave visibility out, so that it stays private, or record the consent "quotes-public" '
        "of the participant",
    ),
    (
        "participants[0].withdrawn_date",
        "2024-05-05",
        'sources[2]: has words, though the participant "cook" has withdrawn; take their quotes, their sources and what '
        "is told of them out of the file",
    ),
    (
        "cmocs[0].readings[0].resource",
        "What peers bring",
        "cmocs[0].readings[0].resource: a plain summary has a text and no resource or reasoning; a "
        'resource and reasoning have both and no text (found {"text": "Children who have eaten can '
        'listen.", "resource":…); write a plain summary as text, or else a resource and a reasoning',
    ),
    (
        "cmocs[0].readings[0].text",
        ...,
        "cmocs[0].readings[0].text: a plain summary has a text and no resource or reasoning; a resource "
        'and reasoning have both and no text (found {"kind": "plain-summary"}); write a plain summary as '
        "text, or else a resource and a reasoning",
    ),
    (
        "cmocs[0].readings[0].kind",
        "resource-reasoning",
        "cmocs[0].readings[1].kind: is already given at cmocs[0].readings[0] (found "
        '"resource-reasoning"); give each row its own, or remove one',
    ),
    (
        "caveats[0].outcome",
        "attention",
        'caveats[0].outcome: a caveat is on a CMOC or on an outcome, not on both (found {"outcome": '
        '"attention", "cmoc": 1}); keep one of the two',
    ),
    (
        "cmoc_links[0].source_outcome",
        ...,
        "cmoc_links[0].source_cmoc: a link starts at one CMOC or one outcome; give one of source_cmoc "
        "and source_outcome",
    ),
    (
        "cmoc_links[0].source_cmoc",
        1,
        'cmoc_links[0].source_cmoc: a link starts at one CMOC or one outcome (found {"source_cmoc": 1, '
        '"source_outcome": "friendship"}); give one of source_cmoc and source_outcome',
    ),
    (
        "cmoc_links[0].target_cmoc",
        ...,
        "cmoc_links[0].target_cmoc: a link ends at one CMOC, one outcome, one context or one text; give one of "
        "target_cmoc, target_outcome, target_context and target_text",
    ),
    (
        "cmoc_links[0].target_text",
        "x",
        "cmoc_links[0].target_cmoc: a link ends at one CMOC, one outcome, one context or one text (found "
        '{"target_cmoc": 2, "target_text": "x"}); give one of target_cmoc, target_outcome, target_context and '
        "target_text",
    ),
    (
        "cmoc_links[1].target_cmoc",
        4,
        "cmoc_links[1].target_cmoc: a link leads to something else than it starts from (found "
        '{"target_cmoc": 4, "source_cmoc": 4}); name another end',
    ),
    (
        "memos[0].mechanism",
        "belonging",
        'memos[0].mechanism: a memo is about one record (found {"mechanism": "belonging", "outcome": '
        '"attendance"}); keep one, and write a memo of its own about each other',
    ),
    (
        "lineage[0].kind",
        "reverse",
        "lineage[0].reverses: taking back names the decision that is taken back, and nothing else does "
        '(found {"kind": "reverse"}); name the decision, and write "reverse" as the kind',
    ),
    (
        "lineage[0].reverses",
        2,
        "lineage[0].reverses: taking back names the decision that is taken back, and nothing else does "
        '(found {"reverses": 2, "kind": "merge"}); name the decision, and write "reverse" as the kind',
    ),
    (
        "surveys[0].opened_date",
        ...,
        "surveys[0].opened_date: reported dates must be given; dates that are not reported must be empty "
        '(found {"dates_reporting": "reported", "closed_date": "2024-02-10"}); give the dates, or say in '
        "which way they are missing",
    ),
    (
        "surveys[0].closed_date",
        "2020-01-01",
        'surveys[0].closed_date: a survey cannot close before it opens (found {"closed_date": '
        '"2020-01-01", "opened_date": "2024-01-10"}); exchange the two dates, or correct one',
    ),
    (
        "surveys[1].dates_reporting",
        "reported",
        "surveys[1].opened_date: reported dates must be given; dates that are not reported must be empty "
        '(found {"dates_reporting": "reported"}); give the dates, or say in which way they are missing',
    ),
    (
        "theory.cmoc_order",
        ["3", "1a"],
        'theory.cmoc_order[1]: does not have the right form (found "1a"); write the number of a CMOC, such as 8',
    ),
    (
        "quotes[0].pieces",
        ["4-15"],
        'quotes[0].pieces[0]: does not have the right form (found "4-15"); write the first code point and the one '
        "after the last, as in 4 15",
    ),
    (
        "sources[0].turns",
        ["GP2"],
        'sources[0].turns[0]: does not have the right form (found "GP2"); write start, end, time, page and speaker, as '
        "in 4 15 0:00:17 - GP2",
    ),
]


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.parametrize(("path", "value", "expected"), FAULTS)
def test_fault_is_one_problem(path, value, expected):
    assert [str(problem) for problem in problems_in(with_fault(BREAKFAST, path, value))] == [expected]


@pytest.mark.django_db
@pytest.mark.django_db
@pytest.mark.once
def test_words_beneath_a_mask_are_not_repeated_beside_it():
    document = copy.deepcopy(BREAKFAST)
    place, quote = next((place, row) for place, row in enumerate(document["quotes"]) if " " in row["text"])
    word = quote["text"].split()[0]
    quote |= {"masks": [f"0 {len(word)}"], "editorial_marks": [{"kind": "gloss", "text": word}]}
    told = [str(problem) for problem in problems_in(document)]
    assert told == [
        f"quotes[{place}].editorial_marks[0].kind: the editorial mark “{word}” has words that a mask covers, and "
        'everybody reads it (found "gloss"); change the editorial mark first'
    ]


@pytest.mark.django_db
@pytest.mark.once
def test_fault_of_a_row_is_told_beside_others():
    faulty = with_fault(BREAKFAST, "study.kind", "x")
    faulty = with_fault(faulty, "memos[0].signed_date", "yesterday")
    faulty = with_fault(faulty, "cmocs[2].outcomes[0].outcome", "wellbeing")
    faulty = with_fault(faulty, "caveats[0].cmoc", 99)

    assert [problem.path for problem in problems_in(faulty)] == [
        "study.kind",
        "memos[0].signed_date",
        "cmocs[2].outcomes[0].outcome",
        "caveats[0].cmoc",
    ]


@pytest.mark.django_db
def test_rule_that_no_single_field_mends_is_told_of_the_first_that_is_given():
    faulty = with_fault(BREAKFAST, "cmoc_links[0].target_text", "x")
    faulty = with_fault(faulty, "cmoc_links[0].target_outcome", "friendship")

    assert [problem.path for problem in problems_in(faulty)] == ["cmoc_links[0].target_cmoc"]


@pytest.mark.django_db
def test_rules_are_told_of_the_rows_that_can_be_looked_at():
    faulty = with_fault(BREAKFAST, "memos[0].signed_date", "yesterday")
    faulty = with_fault(faulty, "mechanisms[0].resource", "full-stomach")
    faulty = with_fault(faulty, "cmocs[0].readings[0].resource", "What peers bring")
    faulty = with_fault(faulty, "quotes[2].consent", ...)

    assert [problem.path for problem in problems_in(faulty)] == [
        "memos[0].signed_date",
        "quotes[2].consent",
        "cmocs[0].readings[0].resource",
        "mechanisms[0].resource",
    ]


@pytest.mark.untraced
@pytest.mark.django_db
def test_key_that_many_rows_miss_is_one_problem_that_names_them():
    document = with_fault(BREAKFAST, "mechanisms[4].key", "shared-tables")

    assert [str(problem) for problem in problems_in(document)] == [
        'mechanisms[0].resource: no mechanism "shared-table", as also at cmocs[1].mechanisms[0].mechanism '
        '(found "shared-table"); did you mean "shared-tables"?'
    ]
    faulty = with_fault(BREAKFAST, "cmocs[1].number", 12)
    assert len(problems_in(faulty)) == 1
    assert "more places (found 2); " in str(problems_in(faulty)[0])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Two keys are missing, and two rows have none that could be read.
        ({"contexts[1].key": None, "contexts[2]": None}, ["contexts[1].key", "contexts[2]"]),
        # One of three may be what the faulty row was meant to be; nobody knows which.
        (
            {"contexts[1].key": None, "contexts[2].key": "new", "contexts[3].key": "other"},
            [
                "contexts[1].key",
                "cmocs[0].contexts[0].context",
                "cmocs[3].contexts[0].context",
                "cmocs[4].contexts[0].context",
            ],
        ),
        # The list stands under a name that is wrong.
        ({"contexts": ..., "context": []}, ["context"]),
        ({"contexts": 3}, ["contexts"]),
    ],
)
def test_what_follows_from_a_faulty_row_is_not_told(rows, expected):
    faulty = BREAKFAST
    for path, value in rows.items():
        faulty = with_fault(faulty, path, value)

    assert [problem.path for problem in structure_problems(faulty)] == expected


@pytest.mark.django_db
def test_circles_are_told_once_each():
    faulty = copy.deepcopy(BREAKFAST)
    for number, refuted in [(1, 2), (2, 1), (3, 1), (4, 5), (5, 6), (6, 4)]:
        faulty["caveats"][number - 1] |= {"refutes": refuted}

    assert [str(problem) for problem in problems_in(faulty)] == [
        "caveats[0].refutes: closes a circle with caveats[1].refutes (found 2); name another, or leave it out",
        "caveats[3].refutes: closes a circle with caveats[4].refutes, caveats[5].refutes (found 5); "
        "name another, or leave it out",
    ]


@pytest.mark.django_db
def test_row_that_another_row_of_the_database_forbids_is_refused():
    read_package(package("breakfast"))

    resource = problems_in(with_fault(BREAKFAST, "mechanisms[4].kind", "unspecified"))
    withdrawn = problems_in(with_fault(BREAKFAST, "participants[0].withdrawn_date", "2024-05-05"))
    other_text = problems_in(with_fault(BREAKFAST, "sources[0].text", "Something else."))
    retold = with_fault(with_fault(BREAKFAST, "sources[0].text", "Something else."), "sources[0].sha256", ...)

    assert [problem.path for problem in resource] == ["mechanisms[4].kind"]
    assert [str(problem) for problem in withdrawn] == [
        "participants[0].withdrawn_date: says that this participant has withdrawn, but nothing of theirs was erased "
        'here (found "2024-05-05"); withdraw them here first, among the participants, and load it then'
    ]
    assert [problem.message for problem in other_text] == ["is not the checksum of this text"]
    assert [str(problem) for problem in problems_in(retold)] == [
        'sources[0].text: differs from the transcript that is here, which stays as it is (found "Something else."); '
        "give the corrected one as a new source with a key of its own"
    ]


@pytest.mark.django_db
def test_what_must_be_unique_beside_the_keys_is_looked_for_in_package_and_database():
    twice = copy.deepcopy(BREAKFAST)
    twice["lineage"][2]["moves"] *= 2
    read_package(package("breakfast"))
    elsewhere = json.loads(package("gardens-first"))
    elsewhere["surveys"] = [{"slug": "breakfast-parents", "title": "Ours"}]

    assert [str(problem) for problem in problems_in(twice)] == [
        'lineage[2].moves[1].quote: another row has this quote already (found "answer-emoji"); leave one of the two out'
    ]
    assert [str(problem) for problem in problems_in(elsewhere)] == [
        'surveys[0].slug: another row has this slug already (found "breakfast-parents"); choose another name'
    ]


@pytest.mark.django_db
def test_theory_of_another_study_is_not_taken_over():
    read_package(package("breakfast"))
    other = json.loads(package("gardens-first")) | {"study": {"slug": "new", "title": "New", "kind": "review"}}
    other["theory"] = {"slug": "breakfast", "title": "Mine"}

    assert [str(problem) for problem in problems_in(other)] == [
        'theory.slug: is a theory of another study, "breakfast-2024" (found "breakfast"); choose another name'
    ]


@pytest.mark.django_db
def test_study_of_another_programme_is_not_moved():
    read_package(package("breakfast"))
    other = json.loads(package("breakfast")) | {"programme": {"slug": "lunch", "name": "Lunch"}}
    here = Study.objects.get(slug="breakfast-2024").programme.slug

    assert [str(problem) for problem in problems_in(other)] == [
        f'study.slug: is a study of another programme, "{here}" (found "breakfast-2024"); '
        "write that programme, or choose another name for the study"
    ]


RAW = re.compile(
    r"constraint|violat|sys\.|recursion|Traceback|Exception|null value|NOT NULL|object at 0x|so that this holds"
)


def first_rows(shape: dict, document: Any, path: str = "") -> list[tuple[str, dict]]:
    """Return the place and the schema of the first row of every list and object of a package."""
    found = []
    for name, below in shape["properties"].items():
        row_shape = below.get("items", below)
        if row_shape.get("type") != "object":
            continue
        rows = [(f"{path}{name}", document[name])] if below is row_shape else []
        if below is not row_shape:
            rows = [(f"{path}{name}[{index}]", row) for index, row in enumerate(document.get(name, []))]
        for index, (place, row) in enumerate(rows):
            found += [(place, row_shape)] if index == 0 else []
            found += first_rows(row_shape, row, f"{place}.")
    return list({re.sub(r"\d+", "", place): (place, shape) for place, shape in reversed(found)}.values())


ROWS = first_rows(package_schema(), BREAKFAST)
WRONG_TYPES = {"string": 7, "integer": "seven", "boolean": "yes", "array": "one", "object": 3}
Planted = tuple[str, Any, str]


BAD_PATTERNS = {
    "known-date": ("2024-13", "is not a date of the calendar"),
    "date": ("2024-13-01", "is not a date of the calendar"),
    "uri": ("q z", "is not an address of the web"),
}


def wrong_value(field: dict) -> tuple[Any, str]:
    """Return a value of the right type that a field does not take, and what is said of it."""
    names_a_row = re.search(r"The \w+ of an? [\w ]+\.$", field.get("description", ""))
    if "enum" in field:
        return "qzx", "is not one of the terms"
    if names_a_row:
        return ("qzx" if field["type"] == "string" else 2**20), "no "
    if field["type"] == "integer":
        return field["minimum"] - 1, "must be at least"
    if "format" in field:
        return BAD_PATTERNS[field["format"]]
    if "pattern" in field:
        return "q z", "does not have the right form"
    return ("", "must not be empty") if "minLength" in field else (3.5, "must be")


def faults_of(place: str, shape: dict) -> list[Planted]:
    """Return a fault of each kind for each field of a row: the place, the value, and what is said of it."""
    faults: list[Planted] = [(f"{place}.qzx", "x", "is not a field here"), (place, 3, "must be an object in braces")]
    faults += [(f"{place}.{name}", ..., "is missing") for name in shape["required"]]
    for name, field in shape["properties"].items():
        at = f"{place}.{name}"
        faults += [(at, WRONG_TYPES[field["type"]], "must be"), (at, None, "must be"), (at, *wrong_value(field))]
        if "maxLength" in field:
            faults.append((at, "x" * (field["maxLength"] + 1), ""))
        if "maximum" in field:
            faults.append((at, 2**40, "must be at most"))
        if field["type"] == "string" and "enum" not in field:
            faults.append((at, "a\0b", ""))
    return faults


def assert_each_is_one_problem(faults: list[Planted]) -> None:
    """Assert that each fault is told once, at its place, with its value and a remedy in words."""
    wrong = []
    for path, value, message in faults:
        problems = problems_in(with_fault(BREAKFAST, path, value))
        told = [(problem.path, message in problem.message, bool(problem.remedy)) for problem in problems]
        values = [problem.value for problem in problems]
        if told != [(path, True, True)] or values != ["" if value is ... else shown(value)]:
            wrong.append((path, value, [str(problem) for problem in problems]))
        wrong += [(path, value, str(problem)) for problem in problems if RAW.search(str(problem))]
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize(("place", "shape"), ROWS, ids=[place for place, _ in ROWS])
def test_faults_are_one_problem_each_in_every_list(place, shape):
    """In small: of each kind the fault of one field, and of these some in each list, so that none is left out."""
    kinds = {message + type(value).__name__: (path, value, message) for path, value, message in faults_of(place, shape)}
    turn = [row for row, _ in ROWS].index(place) % 6

    assert_each_is_one_problem([*kinds.values()][turn::6])


@pytest.mark.django_db
@pytest.mark.soak
@pytest.mark.parametrize(("place", "shape"), ROWS, ids=[place for place, _ in ROWS])
def test_fault_of_each_kind_is_one_problem_in_every_field(place, shape):
    assert_each_is_one_problem(faults_of(place, shape))


@pytest.mark.untraced
@pytest.mark.django_db
def test_what_a_withdrawal_erased_is_not_brought_back():
    read_package(package("breakfast"))
    cook = Participant.objects.get(pseudonym="cook")
    withdraw_participant(participant=cook, reason="Asked by letter", on=dt.date(2026, 1, 2))

    problems = problems_in(BREAKFAST)

    message = 'brings back what was erased, since the participant "cook" has withdrawn'
    assert [(problem.path, problem.message) for problem in problems if "cook" in problem.message] == [
        ("participants[0]", message),
    ]
    cook.refresh_from_db()
    assert (cook.withdrawn_date, Source.objects.get(key="interview-cook").text) == (dt.date(2026, 1, 2), "")
    theory = Theory.objects.get(slug="breakfast")
    kept = json.loads(write_package(theory))
    assert problems_in(kept) == []
    source = next(row for row in kept["sources"] if row["key"] == "interview-cook")
    again = {**kept, "sources": [row | ({"text": "Words."} if row is source else {}) for row in kept["sources"]]}
    assert [problem.message.split(",")[0] for problem in problems_in(again)] == ["brings back what was erased"]
    quote = {"key": "again", "text": "Words.", "participant": "cook", "locator": "p. 1"}
    again = {**kept, "quotes": [*kept["quotes"], quote]}
    assert [problem.message.split(",")[0] for problem in problems_in(again)] == ["brings back what was erased"]
