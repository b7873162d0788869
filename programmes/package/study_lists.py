"""Reading packages in which kinds of people, sectors and delivery modes were terms, not lists of the study's own."""

from __future__ import annotations

from typing import Any

KINDS_OF_PEOPLE = {
    "child": "Child or young person",
    "peer": "Peer",
    "parent": "Parent or carer",
    "staff": "Staff",
    "service": "Service",
    "community": "Community",
}
SECTORS = {
    "health": "Health service",
    "school": "School",
    "local-authority": "Local authority",
    "charity": "Charity",
    "private": "Private company",
}
DELIVERY_MODES = {
    "face-to-face": "Face to face",
    "online": "Online",
    "one-to-one": "One to one",
    "group": "Group",
    "mutual-pairs": "Mutual pairs",
}
UNCLEAR = "unclear"  # stood among the sectors, and is a way in which one is missing


def with_study_lists(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document in which each term that is used is an entry of the study's own list.

    What is no term stays as it is, so that whoever wrote it reads what is wrong.
    """
    services, people = objects_in(document, "services"), objects_in(document, "populations")
    used = {
        "kinds_of_people": entries_of(KINDS_OF_PEOPLE, [row.get("kind") for row in people]),
        "sectors": entries_of(SECTORS, [row.get("sector") for row in services]),
        "delivery_modes": entries_of(
            DELIVERY_MODES, [below.get("mode") for row in services for below in objects_in(row, "deliveries")]
        ),
    }
    changed = {name: entries for name, entries in used.items() if entries}
    if services:
        changed["services"] = [with_sectors(row) for row in document["services"]]
    return {**document, **changed}


def objects_in(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list; none where the list is not one."""
    rows = row.get(name)
    return [entry for entry in rows if isinstance(entry, dict)] if isinstance(rows, list) else []


def entries_of(terms: dict[str, str], used: list[Any]) -> list[dict[str, Any]]:
    """Return the entries of a list for those terms that are used."""
    return [
        {"key": key, "label": label, "number": number}
        for number, (key, label) in enumerate(terms.items(), 1)
        if key in used
    ]


def with_sectors(row: Any) -> Any:
    """Return a service whose one sector is the first of several, or is missing because it is unclear."""
    if not isinstance(row, dict) or "sector" not in row:
        return row
    rest = {name: value for name, value in row.items() if name != "sector"}
    if row["sector"] == UNCLEAR:
        return {**rest, "sector_reporting": UNCLEAR}
    return {**rest, "sectors": [{"sector": row["sector"]}]} if row["sector"] != "" else rest
