"""The glossary: that every word leads somewhere, is reached from somewhere, and says where it comes from."""

import re

import pytest

from programmes.glossary import TERMS, WORKS, UnknownTermError, term_of
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
