"""The glossary: that every word leads somewhere, is reached from somewhere, and says where it comes from."""

import re

import pytest

from programmes.glossary import TERMS, WORKS, GlossaryError, Term, UnknownTermError, Work, read_glossary, term_of
from programmes.vocabulary import EvidenceRole, Slot

TERM_KEYS = [term.key for term in TERMS]
WORK_KEYS = [work.key for work in WORKS]


def test_every_reference_and_neighbour_is_there():
    assert {key for term in TERMS for key in term.references} - set(WORK_KEYS) == set()
    assert {key for term in TERMS for key in term.see_also} - set(TERM_KEYS) == set()


def test_no_term_and_no_work_stands_alone():
    assert set(TERM_KEYS) - {key for term in TERMS for key in term.see_also} == set()
    assert set(WORK_KEYS) - {key for term in TERMS for key in term.references} == set()
    assert [term.key for term in TERMS if not term.references or term.key in term.see_also] == []


def test_keys_are_one_each_and_fit_into_addresses():
    keys = [*TERM_KEYS, *WORK_KEYS]
    assert len(set(keys)) == len(keys)
    assert [key for key in keys if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []


def test_order_is_that_of_the_names():
    assert [term.name for term in TERMS] == sorted((term.name for term in TERMS), key=str.casefold)
    assert [work.name for work in WORKS] == sorted((work.name for work in WORKS), key=str.casefold)
    # What stands beside a term is in order too, so that nobody wonders about its weight.
    assert [term.key for term in TERMS if [*term.see_also] != sorted(term.see_also)] == []


def test_meaning_is_one_or_a_few_sentences():
    lengths = {term.key: len(re.findall(r"[.?!](?:\s|$)", term.meaning)) for term in TERMS}
    assert {key: number for key, number in lengths.items() if not 1 <= number <= 3} == {}


def test_every_slot_and_every_role_of_evidence_has_its_term():
    assert set(Slot.values) | set(EvidenceRole.values) <= set(TERM_KEYS)


@pytest.mark.parametrize(
    ("work", "address"),
    [
        ("dalkin-2015", "https://doi.org/10.1186/s13012-015-0237-x"),
        ("pawson-tilley-1997", ""),
    ],
)
def test_address_of_a_work(work, address):
    assert next(found for found in WORKS if found.key == work).address == address


def test_neighbours_and_works_of_a_term():
    term = term_of("firing")
    assert [related.name for related in term.related] == ["Caveat", "Context", "Mechanism"]
    assert [work.name for work in term.works] == ["Dalkin et al. 2015", "Pawson and Tilley 1997"]


def test_name_of_a_term_inside_a_sentence():
    assert [term_of(key).in_text for key in ("cmoc", "ripple-effect")] == ["CMOC", "ripple effect"]


def test_term_that_is_not_there():
    with pytest.raises(UnknownTermError, match="the glossary has no term 'mechanisms'"):
        term_of("mechanisms")


TERM = '''
[terms.hope]
name = "Hope"
meaning = """
What people have who
  expect something good.
"""
references = ["a-2000"]
see_also = ["hope"]
'''
WORK = """
[works.a-2000]
name = "A 2000"
citation = "A. Hope. 2000."
doi = "10.1/a"
"""


def test_file_is_read():
    terms, works = read_glossary(TERM + WORK)
    assert terms == (Term("hope", "Hope", "What people have who expect something good.", ("a-2000",), ("hope",)),)
    assert works == (Work("a-2000", "A 2000", "A. Hope. 2000.", "10.1/a", ""),)


EVERY_ENTRY = "The glossary has entries called [terms.…] and [works.…], some of each and no others."
UNKNOWN_FIELD = "[terms.hope] has '{}'; an entry there has name, meaning, references, see_also."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TERM + TERM + WORK, "The glossary is no TOML: Cannot declare ('terms', 'hope') twice (at line 11, column 12)"),
        (TERM, EVERY_ENTRY),
        (TERM + WORK + "[words.a]", EVERY_ENTRY),
        ("terms = 1\nworks = 2", EVERY_ENTRY),
        (
            TERM.replace("name =", "nome =") + WORK,
            NAMED := "[terms.hope] has 'nome'; an entry there has name, meaning, references, see_also.",
        ),
        ("terms.hope = 3\n" + WORK, NAMED.replace("nome", "")),
        (TERM + WORK.replace('citation = "A. Hope. 2000."', ""), "[works.a-2000] lacks its citation."),
        (TERM.replace('"Hope"', "7") + WORK, "[terms.hope]: name is no text in quotation marks."),
        (TERM.replace('"Hope"', '" "') + WORK, "[terms.hope]: name is no text in quotation marks."),
        (
            TERM.replace('["a-2000"]', '"a-2000"') + WORK,
            '[terms.hope]: references is no list of keys, such as ["cmoc", "context"].',
        ),
        (
            TERM.replace('["hope"]', "[1]") + WORK,
            '[terms.hope]: see_also is no list of keys, such as ["cmoc", "context"].',
        ),
        (
            TERM.replace("a-2000", "b-2000") + WORK,
            "[terms.hope]: references names 'b-2000', and there is no [works.b-2000].",
        ),
        (
            TERM.replace('["hope"]', '["hopes"]') + WORK,
            "[terms.hope]: see_also names 'hopes', and there is no [terms.hopes].",
        ),
    ],
)
def test_broken_entry_is_named(text, message):
    with pytest.raises(GlossaryError) as error:
        read_glossary(text)
    assert str(error.value) == message
