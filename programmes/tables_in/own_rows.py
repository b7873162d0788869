"""What an appendix of ours tells beside its CMOCs, as rows of a theory package; what is there already stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.tables_in.heads import OUTCOME
from programmes.tables_in.own_form import ABSENCES
from programmes.tables_in.theory_rows import key_from, key_not_taken

if TYPE_CHECKING:
    from programmes.tables_in.own_form import OwnRows
    from programmes.tables_in.theory_rows import TheoryRows

LONGEST_SECTOR = 100
# By the head of a column: the field of a service that has its words, and the one that says in which way it is missing.
SERVICE_TEXTS = {"Location": "location", "Programme": "programme_text"}


def add_study_rows(rows: TheoryRows, beside: OwnRows) -> None:
    """Add sources and services, which quotes and CMOCs name."""
    for given in beside.sources:
        key = given["Source"]
        if key not in rows.sources and key == key_from(key):
            row = {"key": key, "kind": given["Kind of source"], "title": given.get("Title", key)}
            rows.rows.setdefault("sources", []).append(row)
            rows.sources.add(key)
    for given in beside.services:
        number = given["Service"]
        if number in rows.services:
            note_difference(rows, given)
        else:
            rows.rows.setdefault("services", []).append(service_row(rows, given))
            rows.services.add(number)


def note_difference(rows: TheoryRows, given: dict[str, str]) -> None:
    """Note of a service that is there already what a table says otherwise: a table of CMOCs changes no service."""
    number = given["Service"]
    there: dict[str, Any] = next((row for row in rows.base.get("services", ()) if row["number"] == number), {})
    told = {"Name": "name", "Type": "service_type", **SERVICE_TEXTS}
    for head, name in told.items():
        if there and head in given and given[head] not in ABSENCES and given[head] != there.get(name, ""):
            rows.notes.append(f"service {number} stays as it is; the table says otherwise under {head}: {given[head]}")


def service_row(rows: TheoryRows, given: dict[str, str]) -> dict[str, Any]:
    """Return a service as a row."""
    row: dict[str, Any] = {"number": given["Service"], "service_type": given["Type"]}
    row |= {"name": given["Name"]} if "Name" in given else {}
    said = dict(line.partition(": ")[::2] for line in given.get("Said to be missing", "").split("\n"))
    for head, name in SERVICE_TEXTS.items():
        text = given.get(head, "")
        if head in said and said[head] in ABSENCES:
            row |= {name: text, f"{name}_reporting": ABSENCES[said[head]]}
        elif text in ABSENCES:
            row[f"{name}_reporting"] = ABSENCES[text]
        elif text:
            row[name] = text
    sector = given.get("Sector", "")
    if sector in ABSENCES:
        row["sector_reporting"] = ABSENCES[sector]
    elif sector:
        row["sectors"] = [{"sector": sector_key(rows, label)} for label in sector.split("\n")]
    return row


def sector_key(rows: TheoryRows, label: str) -> str:
    """Return the key of the sector that is called so, made where there is none."""
    there = [*rows.base.get("sectors", ()), *rows.rows.get("sectors", ())]
    if found := next((row["key"] for row in there if row["label"] == label), ""):
        return str(found)
    key = key_not_taken(key_from(label) or "sector", rows.keys["sectors"])
    rows.rows.setdefault("sectors", []).append({"key": key, "label": label[:LONGEST_SECTOR]})
    return key


def add_caveats(rows: TheoryRows, beside: OwnRows) -> None:
    """Add the caveats, each with its number unless another has it, and what it is on."""
    called = {one.label or str(number): number for one, number, _ in rows.became}
    there = {row["number"]: row for row in rows.base.get("caveats", ())}
    numbers: dict[str, int] = {}
    added: list[tuple[dict[str, Any], str]] = []
    for given in beside.caveats:
        row: dict[str, Any] = {"kind": given["Kind"], "text": given["Text"]}
        row |= {"locator": given["Place"]} if "Place" in given else {}
        row |= {"cmoc": called[given["on"]]} if given["on"] else {}
        if outcome := given.get("Outcome"):
            row["outcome"] = rows.element_key(OUTCOME, outcome)
        wished = given.get("Caveat", "")
        same = [number for number, old in there.items() if (old["kind"], old["text"]) == (row["kind"], row["text"])]
        if same:
            numbers[wished] = same[0]
            continue
        taken = {*there, *(one["number"] for one, _ in added)}
        free = wished.isdecimal() and int(wished) not in taken
        row = {"number": int(wished) if free else max(taken, default=0) + 1, **row}
        numbers[wished] = row["number"]
        added.append((row, given.get("Speaks against", "")))
    for row, against in added:
        if against and against in numbers:
            row["refutes"] = numbers[against]
        rows.rows.setdefault("caveats", []).append(row)
