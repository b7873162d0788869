"""Configurations of a table as rows of a theory package, beside the rows that the theory has already."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from programmes.tables_in.heads import (
    ACTOR,
    BENEFICIARY,
    CONTEXT,
    COUNTERS,
    INTERVENTION,
    MECHANISM,
    OUTCOME,
    REASONING,
    RESOURCE,
    STATEMENT,
    STRATEGY,
    SUPPORTS,
)
from programmes.tables_in.own_form import PartName
from programmes.tables_in.read import bare_label
from programmes.vocabulary import MechanismKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.tables_in.account import ReadConfiguration
    from programmes.tables_in.quotes import PrintedQuote

LABEL_LETTERS = {"populations": 200, "sectors": 200}
LONGEST_PLACE = 200
LONGEST_LABEL, LONGEST_KEY, LONGEST_TAG, LONGEST_HEADING = 300, 60, 80, 300
# By what a column holds: the list of the package, the list in a CMOC, the name of the relation, and more of the row.
SLOTS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    CONTEXT: ("contexts", "contexts", "context", {}),
    MECHANISM: ("mechanisms", "mechanisms", "mechanism", {}),
    RESOURCE: ("mechanisms", "mechanisms", "mechanism", {"kind": "resource"}),
    REASONING: ("mechanisms", "mechanisms", "mechanism", {"kind": "reasoning"}),
    OUTCOME: ("outcomes", "outcomes", "outcome", {}),
    INTERVENTION: ("interventions", "interventions", "intervention", {}),
    STRATEGY: ("strategies", "strategies", "strategy", {}),
    ACTOR: ("populations", "actors", "population", {}),
    BENEFICIARY: ("populations", "beneficiaries", "population", {}),
}
ABSENCES = {STATEMENT: "statement_reporting", "services": "services_reporting"}
RESOURCE_OR_REASONING: dict[str, str] = {MechanismKind.RESOURCE: RESOURCE, MechanismKind.REASONING: REASONING}
ROLES = {SUPPORTS: "supports", COUNTERS: "counters"}
OWN = ("label", "title", "group", "statement")  # what a table may say of a configuration besides its parts
WITHOUT_WORDS = {"beneficiaries"}  # parts that have no wording of a configuration
LISTS = tuple(dict.fromkeys(inner for _, inner, _, _ in SLOTS.values()))


@dataclass
class RowChange:
    """One configuration that is there already and that a table says otherwise."""

    label: str
    number: int
    what: str
    before: str
    after: str


@dataclass
class TheoryRows:
    """The lists of a package that a table fills, begun with what the theory has."""

    theory: str
    base: dict[str, Any]
    locator: str = ""
    consent: str = "unknown"
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    changes: list[RowChange] = field(default_factory=list)
    became: list[tuple[ReadConfiguration, int, str]] = field(default_factory=list)  # number; new, changed, unchanged
    notes: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    quotes_kept: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.index: dict[tuple[str, str, str], str] = {}
        for slot, (section, _, _, more) in SLOTS.items():
            for row in self.base.get(section, ()):
                if row.get("kind", "") == more.get("kind", "") or section == "populations":
                    self.index.setdefault((section, more.get("kind", ""), row["label"]), row["key"])
            self.index_wordings(slot)
        self.keys = {
            section: {row["key"] for row in self.base.get(section, ())}
            for section in (
                "contexts",
                "mechanisms",
                "outcomes",
                "interventions",
                "strategies",
                "populations",
                "quotes",
                "sectors",
            )
        }
        self.groups: dict[str, int] = {row["heading"]: row["number"] for row in self.base.get("groups", ())}
        self.quotes = {row[name]: row for row in self.base.get("quotes", ()) for name in ("text", "key")}
        self.sources = {row["key"] for row in self.base.get("sources", ())}
        self.services = {row["number"] for row in self.base.get("services", ())}
        cmocs = self.base.get("cmocs", ())
        self.numbers = {row["number"] for row in cmocs}
        self.by_label: dict[str, dict[str, Any]] = {}
        for row in cmocs:
            if name := bare_label(row.get("label", "")):
                self.by_label.setdefault(name, row)

    def index_wordings(self, slot: str) -> None:
        """Find elements by the words in which configurations have them, too."""
        section, inner, relation, more = SLOTS[slot]
        kinds = {row["key"]: row.get("kind", "") for row in self.base.get(section, ())}
        for cmoc in self.base.get("cmocs", ()):
            for link in cmoc.get(inner, ()):
                key = link[relation]
                if link.get("wording") and (section == "populations" or kinds.get(key, "") == more.get("kind", "")):
                    self.index.setdefault((section, more.get("kind", ""), link["wording"]), key)

    def add(self, found: list[ReadConfiguration]) -> None:
        """Add configurations, each as a new row or as what its label names already."""
        for one in found:
            before = self.row_there(one)
            number = before["number"] if before else self.next_number(one.number)
            self.used.add(number)
            row = self.cmoc_row(one, number, before)
            self.rows.setdefault("cmocs", []).append(row)
            what = "new" if before is None else self.compared(one, before, row)
            self.became.append((one, number, what))

    def row_there(self, one: ReadConfiguration) -> dict[str, Any] | None:
        """Return the row that a configuration is already: by its label or number, or else by all of its words."""
        if name := bare_label(one.label):
            row = self.by_label.get(name)
            return row if row is not None and row["number"] not in self.used else None
        if one.number is not None:
            rows = [row for row in self.base.get("cmocs", ()) if row["number"] == one.number and not row.get("label")]
            return next((row for row in rows if row["number"] not in self.used), None)
        words = words_of_configuration(one)
        for row in self.base.get("cmocs", ()):
            if row["number"] not in self.used and words == words_of_row(row):
                return dict(row)
        return None

    def next_number(self, wished: int | None) -> int:
        """Return the number that an appendix of ours gives, or the one after all that were given."""
        free = wished is not None and wished > 0 and wished not in self.numbers
        number = wished if wished is not None and free else max(self.numbers, default=0) + 1
        self.numbers.add(number)
        return number

    def cmoc_row(self, one: ReadConfiguration, number: int, before: dict[str, Any] | None) -> dict[str, Any]:
        """Return the row of a configuration; what a table does not speak of stays as it was."""
        row: dict[str, Any] = {**(before or {}), "number": number}
        named = {"label": one.label, "title": one.title, "statement": one.statement}
        row |= {name: words for name, words in named.items() if words}
        if len(one.title) > LONGEST_LABEL:
            row["title"] = cut_to_field(one.title, LONGEST_LABEL)
            self.notes.append(
                f"table {one.table}, row {one.row}: the title is cut to {LONGEST_LABEL} letters: {one.title}"
            )
        if one.statement:
            row.pop("statement_reporting", None)
        if one.group:
            row["group"] = self.group_number(one.group)
        if self.locator:
            row.setdefault("locator", self.locator)
        for inner, links in self.links_of(one).items():
            if not row.get(inner):
                row.pop(f"{inner[:-1]}_absence", None)  # it is said of what was not there
            row[inner] = [link_kept(row.get(inner, ()), link) for link in links]
        for slot, term in one.absences.items():
            row[ABSENCES.get(slot) or f"{slot[:-1]}_absence"] = term
        if one.services:
            row["services"] = [link_kept(row.get("services", ()), link) for link in self.services_of(one)]
        if one.quotes:
            kept = list(row.get("evidence", ()))
            known = {entry["quote"] for entry in kept}
            made = [self.evidence_of(slot, quote, one, number) for slot, quote in one.quotes]
            row["evidence"] = kept + list({e["quote"]: e for e in made if e["quote"] not in known}.values())
        return row

    def links_of(self, one: ReadConfiguration) -> dict[str, list[dict[str, Any]]]:
        """Return the parts of a configuration, by their list, each element once."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for slot, texts in one.parts.items():
            _, inner, relation, _ = SLOTS[slot]
            for text in texts:
                called = one.names.get((slot, text), PartName(text, text))
                key = self.element_key(RESOURCE_OR_REASONING.get(called.half, slot), called.name)
                short = one.is_own and called.words == cut_to_field(called.name, LONGEST_LABEL)
                words = {} if short or inner in WITHOUT_WORDS else {"wording": called.words}
                found.setdefault(inner, {}).setdefault(key, {relation: key, **words})
        return {inner: list(links.values()) for inner, links in found.items()}

    def services_of(self, one: ReadConfiguration) -> list[dict[str, Any]]:
        """Return the services that a configuration is stated relevant to; one that is not there is noted."""
        found: dict[str, dict[str, Any]] = {}
        for line in one.services:
            numbers = [number for number in self.services if f" {line}".endswith(f" {number}")]
            if numbers:
                number = max(numbers, key=len)
                found[number] = {"service": number}
            else:
                self.notes.append(f"table {one.table}, row {one.row}: no service has this number: {line}")
        return list(found.values())

    def element_key(self, slot: str, text: str) -> str:
        """Return the key of the element that has these words, made where there is none."""
        section, _, _, more = SLOTS[slot]
        index = (section, more.get("kind", ""), text)
        if index not in self.index:
            key = key_not_taken(key_from(text) or section, self.keys[section])
            label = cut_to_field(" ".join(text.split()), LABEL_LETTERS.get(section, LONGEST_LABEL))
            self.index[index] = key
            self.rows.setdefault(section, []).append({"key": key, "label": label, **more})
        else:
            self.keep_element(section, self.index[index])
        return self.index[index]

    def keep_element(self, section: str, key: str) -> None:
        """Let an element that is there already stand in the package as it is."""
        there = [row for row in self.base.get(section, ()) if row["key"] == key]
        kept = self.rows.setdefault(section, [])
        kept += [row for row in there if row not in kept]

    def group_number(self, heading: str) -> int:
        """Return the number of the group with this heading, made where there is none."""
        short = cut_to_field(heading, LONGEST_HEADING)
        if short not in self.groups:
            self.groups[short] = max(self.groups.values(), default=0) + 1
        row: dict[str, Any] = {"number": self.groups[short], "heading": short}
        row |= {"text": heading} if short != heading else {}
        there = next((one for one in self.base.get("groups", ()) if one["heading"] == short), row)
        if there not in self.rows.setdefault("groups", []):
            self.rows["groups"].append(there)
        return self.groups[short]

    def evidence_of(self, slot: str, printed: PrintedQuote, one: ReadConfiguration, number: int) -> dict[str, Any]:
        """Return what a quote does to a configuration, with its row made where there is none."""
        name = printed.key or printed.text
        row = self.quotes.get(name)
        if row is None or row["text"] != printed.text:
            key = key_from(printed.key) or f"{self.theory[:LONGEST_KEY]}-{number}-q1"
            row = {
                "key": key_not_taken(key, self.keys["quotes"]),
                "text": printed.text,
                **({"text_as_printed": printed.as_printed} if printed.as_printed != printed.text else {}),
                **({"label_as_printed": printed.speaker[:LONGEST_TAG]} if printed.speaker else {}),
                "locator": self.place_of(printed, one),
                **({"source": printed.source} if printed.source in self.sources else {}),
                **({"consent": self.consent} if self.consent != "unknown" else {}),
            }
            self.quotes[name] = row
            if len(printed.speaker) > LONGEST_TAG:
                self.notes.append(f"table {one.table}: a speaker is cut to {LONGEST_TAG} letters: {printed.speaker}")
        if row not in self.rows.setdefault("quotes", []):
            self.rows["quotes"].append(row)
        part = {"slot": printed.part} if printed.part else {}
        return {"quote": row["key"], "role": printed.role or ROLES.get(slot, "illustrates"), **part}

    def place_of(self, printed: PrintedQuote, one: ReadConfiguration) -> str:
        """Return where a quote stands: in its publication, or in its source as far as that is told."""
        source = "" if printed.source in self.sources else printed.source
        line = f"line {printed.line}" if printed.line else ""
        told = ", ".join(filter(None, (printed.place, source, line)))
        return cut_to_field(told or self.locator or f"table {one.table}, row {one.row}", LONGEST_PLACE)

    def compared(self, one: ReadConfiguration, before: dict[str, Any], row: dict[str, Any]) -> str:
        """Return whether a row is as it was; if not, note what it was and what it becomes."""
        old, new = self.in_words(before), self.in_words(row)
        changes = [
            RowChange(one.label, row["number"], name, old.get(name, ""), new[name])
            for name in new
            if new[name] != old.get(name, "")
        ]
        self.changes += changes
        return "changed" if changes else "unchanged"

    def in_words(self, row: dict[str, Any]) -> dict[str, str]:
        """Return what a row says, a text for each name."""
        headings = {number: heading for heading, number in self.groups.items()}
        said = {name: str(row.get(name, "")) for name in OWN}
        said["group"] = headings.get(row.get("group", 0), "")
        for inner in (*LISTS, "services"):
            said[inner] = "; ".join(link.get("wording") or next(iter(link.values())) for link in row.get(inner, ()))
        said["quotes"] = "; ".join(entry["quote"] for entry in row.get("evidence", ()))
        return said


def link_kept(before: Iterable[dict[str, Any]], link: dict[str, Any]) -> dict[str, Any]:
    """Return a link with what was known of it before, where a configuration had it already."""
    (relation,) = link.keys() - {"wording"}
    there = next((one for one in before if one[relation] == link[relation]), {})
    return {**there, **link}


def words_of_configuration(one: ReadConfiguration) -> tuple[str, dict[str, list[str]]]:
    """Return all words of a configuration, by which it is known where it has no label."""
    parts: dict[str, list[str]] = {}
    for slot, texts in one.parts.items():
        parts.setdefault(SLOTS[slot][1], []).extend(texts)
    return one.statement, parts


def words_of_row(row: dict[str, Any]) -> tuple[str, dict[str, list[str]]]:
    """Return all words of a row of a package, in the same form."""
    parts = {inner: [link.get("wording", "") for link in row[inner]] for inner in LISTS if row.get(inner)}
    return row.get("statement", ""), parts


def key_from(text: str) -> str:
    """Return a key made of the first words of a text."""
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare)[:LONGEST_KEY].strip("-")


def key_not_taken(stem: str, taken: set[str]) -> str:
    """Return a key that is not taken yet, and take it."""
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem.removesuffix('-q1')}-q{number}" if stem.endswith("-q1") else f"{stem}-{number}"
    taken.add(key)
    return key


def cut_to_field(text: str, most: int) -> str:
    """Return a text that is no longer than a field takes, cut with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
