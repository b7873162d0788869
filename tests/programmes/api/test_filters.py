"""Every filter of the API over the universe of theories: what it finds, as the map in its README.md has it."""

import django_filters
import pytest
from django.test import Client
from django.urls import resolve


def of(owner, *keys):
    """Return the public keys of rows of one theory or study."""
    return [f"{owner}:{key}" for key in keys]


NUMBERS_OF_REVIEW = range(1, 13)
# What nobody in particular finds: by resource and filter, values and the keys of the rows. Each filter has a value that
# finds some rows and not all.
EVERYBODY = {
    "programmes": {"slug": {"green-prescribing": ["green-prescribing"]}},
    "studies": {
        "programme": {"hospital-discharge": ["discharge-2023"]},
        "slug": {"gardens": ["gardens"]},
        "kind": {"review": ["audit-review"], "evaluation": ["breakfast-2024", "discharge-2023"]},
        "statements": {"own": ["gardens"], "printed": ["audit-review", "breakfast-2024"]},
        "q": {"nurses": ["discharge-2023"]},
    },
    "references": {
        "study": {"breakfast-2024": of("breakfast-2024", 1, 2, 3, 4, 5)},
        "number": {"4": of("breakfast-2024", 4) + of("audit-review", 4), "5": of("breakfast-2024", 5)},
        "kind": {"report": of("breakfast-2024", 3) + of("audit-review", 4), "software": of("breakfast-2024", 4)},
        "q": {"quay": of("breakfast-2024", 2)},
    },
    "services": {
        "study": {"discharge-2023": of("discharge-2023", "A", "B")},
        "number": {"05": of("breakfast-2024", "05")},
        "sector": {
            "health": of("breakfast-2024", "06") + of("discharge-2023", "A", "B"),
            "charity": of("breakfast-2024", "03", "05"),
        },
        "place": {"harbour": of("breakfast-2024", "01", "05"), "hill": of("breakfast-2024", "02", "05")},
        "sector_reporting": {"unclear": of("breakfast-2024", "07")},
        "quoted": {
            "true": of("breakfast-2024", "01", "02", "04", "06"),
            "false": of("breakfast-2024", "03", "05", "07") + of("discharge-2023", "A", "B"),
        },
        "theory": {"breakfast": of("breakfast-2024", "01", "02", "04", "06"), "discharge": []},
        "location_reporting": {"not-stated": of("breakfast-2024", "06"), "unclear": of("breakfast-2024", "07")},
        "programme_text_reporting": {
            "not-reported": of("breakfast-2024", "06"),
            "not-loaded": of("breakfast-2024", "07"),
        },
        "q": {"library": of("breakfast-2024", "02")},
    },
    "populations": {
        "study": {"discharge-2023": of("discharge-2023", "family", "nurse", "patient")},
        "kind": {
            "child": of("breakfast-2024", "pupils"),
            "patient": of("discharge-2023", "patient"),
        },
    },
    "theories": {
        "study": {"gardens": ["gardens"]},
        "programme": {"audit-and-feedback": ["audit-review"]},
        "form": {"icamo": ["discharge"], "scmo": []},
        "stage": {"refined": ["breakfast", "gardens"]},
        "q": {"nurse": ["discharge"]},
    },
    "contexts": {
        "theory": {"gardens": of("gardens", "lonely", "referred")},
        "study": {"discharge-2023": of("discharge", "lives-alone", "short-stay")},
        "key": {"hungry-mornings": of("breakfast", "hungry-mornings")},
        "level": {
            "micro": of("breakfast", "early-shifts") + of("discharge", "lives-alone"),
            "macro": of("breakfast", "free-of-charge"),
        },
        "cmoc": {
            "5": [
                *of("breakfast", "free-of-charge"),
                *of("discharge", "lives-alone"),
                *of("audit-review", "c001"),
                *of("gardens", "lonely"),
            ]
        },
        "q": {"hungry": of("breakfast", "hungry-mornings")},
    },
    "mechanisms": {
        "theory": {"gardens": of("gardens", "purpose", "quiet")},
        "study": {"discharge-2023": of("discharge", "confidence", "duty", "number-to-call")},
        "key": {"shame": of("breakfast", "shame")},
        "level": {"micro": of("breakfast", "full-stomach"), "macro": []},
        "paired_resource": {
            "shared-table": of("breakfast", "belonging"),
            "number-to-call": of("discharge", "confidence"),
        },
        "cmoc": {
            "3": [
                *of("breakfast", "relief"),
                *of("discharge", "duty"),
                *of("audit-review", "m003"),
                *of("gardens", "purpose"),
            ]
        },
        "kind": {"resource": of("breakfast", "shared-table") + of("discharge", "number-to-call")},
        "q": {"stomach": of("breakfast", "full-stomach")},
    },
    "outcomes": {
        "theory": {"gardens": of("gardens", "mood", "sleep")},
        "study": {"discharge-2023": of("discharge", "readmission", "tablets", "tired-nurses")},
        "key": {"stigma": of("breakfast", "stigma")},
        "level": {"meso": of("breakfast", "workload"), "micro": []},
        "distance": {
            "intermediate": of("breakfast", "attendance") + of("audit-review", "o2"),
            "distal": of("breakfast", "workload") + of("discharge", "readmission"),
        },
        "valence": {
            "negative": [
                *of("breakfast", "stigma"),
                *of("discharge", "tired-nurses"),
                *of("audit-review", "o2"),
            ],
            "mixed": of("breakfast", "workload"),
        },
        "intention": {
            "unintended": [
                *of("breakfast", "stigma", "workload"),
                *of("discharge", "tired-nurses"),
                *of("audit-review", "o2"),
            ]
        },
        "cmoc": {
            "4": [
                *of("breakfast", "stigma"),
                *of("discharge", "readmission", "tablets"),
                *of("audit-review", "o2"),
                *of("gardens", "sleep"),
            ]
        },
        "q": {"teased": of("breakfast", "stigma")},
    },
    "cmocs": {
        "theory": {"breakfast": of("breakfast", 1, 2, 3, 4, 5, 8)},
        "study": {"discharge-2023": of("discharge", 1, 2, 3, 5, 6)},
        "number": {"6": [f"{theory}:6" for theory in ("breakfast", "discharge", "audit-review", "gardens")]},
        "outcome": {"stigma": of("breakfast", 4)},
        "context": {"early-shifts": of("breakfast", 3, 8)},
        "mechanism": {"duty": of("discharge", 2, 3, 6)},
        # Quoted, of whom another CMOC is stated relevant; only stated; of one who is not public.
        "service": {"04": of("breakfast", 4), "06": of("breakfast", 3), "05": [], "A": [], "03": []},
        "service_stated": {
            "04": of("breakfast", 2),
            "06": of("breakfast", 5),
            "01": [],
            "07": [],
            "A": of("discharge", 1, 2, 3),
        },
        "sector": {
            "private": [],
            "local-authority": of("breakfast", 4),
            "school": of("breakfast", 1, 2, 4, 8),
            "health": of("breakfast", 3),
        },
        "sector_stated": {
            "private": of("breakfast", 4),
            "local-authority": of("breakfast", 2),
            "health": of("breakfast", 5) + of("discharge", 1, 2, 3, 5, 6),
            "school": [],
        },
        "label": {"1a": of("discharge", 1), "Proposition 2": of("discharge", 4), "1": []},
        "group": {"1": of("breakfast", 1, 2, 3) + of("discharge", 1, 2, 3), "2": of("discharge", 5, 6)},
        "role": {"counters": of("breakfast", 4, 5) + of("audit-review", 1, 5, 9)},
        "slot": {
            "context": of("breakfast", 8),
            "outcome": of("breakfast", 2, 4),
            "intervention": of("audit-review", 1),
        },
        "speaker_role": {"Parent": of("breakfast", 2, 3), "Volunteer": []},
        "document": {"3": of("audit-review", 3, 7, 11), "2": []},
        "quote_q": {"letter": of("breakfast", 4), "jam": [], "stigma": []},
        "beneficiary": {"school": of("breakfast", 2), "neighbours": of("breakfast", 4)},
        "actor": {
            "teachers": of("breakfast", 1, 2),
            "older-pupils": of("breakfast", 2),
            "nurse": of("discharge", 2, 3, 6),
        },
        "intervention": {"card": of("discharge", 1, 5), "poster": of("audit-review", 1, 3, 5, 7, 9, 11)},
        "statement_reporting": {"not-stated": of("breakfast", 8)},
        "services_reporting": {"none": of("breakfast", 3), "unclear": of("breakfast", 8)},
        "people_reporting": {
            "none": of("breakfast", 2),
            "unclear": of("breakfast", 4),
            "not-loaded": of("breakfast", 5),
        },
        # How a slot is missing is not told of one that is filled.
        "context_absence": {"not-loaded": of("discharge", 3), "not-stated": [], "none": []},  # unsaid of gardens:6
        "mechanism_absence": {"not-stated": of("gardens", 5), "unclear": of("breakfast", 5)},
        "outcome_absence": {"not-stated": of("gardens", 6), "not-reported": []},
        "status": {
            "retired": of("breakfast", 6, 7) + of("discharge", 4),
            "refuted": of("breakfast", 5),
            "contested": of("breakfast", 4) + of("audit-review", 3, 7, 11),
            "supported": of("breakfast", 1) + of("discharge", 6) + of("audit-review", 1, 5, 9),
            "refined": of("breakfast", 2) + of("audit-review", 2, 6, 10),
            "candidate": of("audit-review", 4, 8, 12),
        },
        "hedge": {"may": of("breakfast", 2, 4) + of("audit-review", 3, 6, 9, 12)},
        "q": {"porridge": of("breakfast", 1, 8), "grandad": []},
    },
    "caveats": {
        "theory": {"breakfast": of("breakfast", 1, 2, 3, 4, 5, 6, 8)},
        "study": {"audit-review": of("audit-review", *NUMBERS_OF_REVIEW)},
        "number": {"7": of("breakfast", 7) + of("audit-review", 7)},
        "cmoc": {"6": of("breakfast", 7) + of("audit-review", 6)},
        "outcome": {"stigma": of("breakfast", 5)},
        "refutes": {"2": of("breakfast", 3), "1": []},
        "kind": {"refutation": of("breakfast", 2), "precondition": of("audit-review", 1, 11), "scope": []},
        "q": {"bell": of("breakfast", 1)},
    },
    "reporting-answers": {
        "theory": {"breakfast": of("breakfast", 7, 19), "gardens": []},
        "study": {"breakfast-2024": of("breakfast", 7, 19)},
        "item": {"7": of("breakfast", 7) + of("discharge", 7), "8": []},
        "answer": {"not-applicable": of("breakfast", 19), "unclear": []},
    },
    "cmoc-links": {
        "theory": {"breakfast": of("breakfast", 1, 2, 3, 4, 6)},
        "number": {"5": of("breakfast", 5) + of("audit-review", 5)},
        "kind": {"opposes": of("breakfast", 2), "similar-context": []},
        "status": {
            "stated": of("breakfast", 1) + of("audit-review", 1, 5, 9),
            "possible": of("breakfast", 2, 6) + of("audit-review", 2, 6, 10),
            "declined": of("breakfast", 3) + of("audit-review", 3, 7, 11),
            "inferred": of("breakfast", 4) + of("audit-review", 4, 8),
        },
        "context": {"open-to-all": of("breakfast", 6), "hungry-mornings": []},
        "outcome": {"friendship": of("breakfast", 1, 6), "attendance": of("breakfast", 4), "stigma": []},
        "cmoc": {
            "3": of("breakfast", 5) + of("audit-review", 2, 3),
            "2": of("breakfast", 1, 2) + of("audit-review", 1, 2),
        },
    },
    "quotes": {
        "study": {
            "breakfast-2024": of(
                "breakfast-2024",
                "answer-arabic",
                "answer-emoji",
                "cook-belly",
                "cook-letter",
                "head-table",
                "officer-letter",
                "policy-hours",
            )
        },
        "key": {"cook-belly": of("breakfast-2024", "cook-belly"), "note-door": []},
        "theory": {"audit-review": of("audit-review", *(f"q{number:03}" for number in NUMBERS_OF_REVIEW))},
        "cmoc": {"5": of("breakfast-2024", "policy-hours") + of("audit-review", "q005")},
        "role": {
            "counters": of("breakfast-2024", "officer-letter", "policy-hours")
            + of("audit-review", "q001", "q005", "q009")
        },
        "slot": {
            "context": of("breakfast-2024", "cook-belly"),
            "mechanism": of("breakfast-2024", "answer-arabic", "cook-belly", "cook-letter"),
            "outcome": of("breakfast-2024", "head-table", "officer-letter"),
        },
        "outcome": {"stigma": of("breakfast-2024", "cook-letter", "officer-letter")},
        "service": {"01": of("breakfast-2024", "cook-belly", "cook-letter"), "03": [], "05": []},
        "sector": {"health": of("breakfast-2024", "answer-arabic"), "charity": [], "private": []},
        "speaker_role": {"Parent": of("breakfast-2024", "answer-arabic", "answer-emoji")},
        "document": {"3": of("audit-review", "q003", "q007", "q011"), "2": []},
        "q": {"porridge": of("breakfast-2024", "cook-belly"), "grandad": []},
        "quote_q": {"porridge": of("breakfast-2024", "cook-belly"), "grandad": []},
    },
    "evidence": {
        "theory": {
            "breakfast": of(
                "breakfast",
                "1:cook-belly",
                "2:head-table",
                "2:answer-emoji",
                "3:answer-arabic",
                "4:cook-letter",
                "4:officer-letter",
                "5:policy-hours",
                "8:cook-belly",
            )
        },
        "study": {"audit-review": of("audit-review", *(f"{number}:q{number:03}" for number in NUMBERS_OF_REVIEW))},
        "cmoc": {"6": of("breakfast", "6:cook-belly") + of("audit-review", "6:q006")},
        "role": {
            "counters": of("breakfast", "4:officer-letter", "5:policy-hours")
            + of("audit-review", "1:q001", "5:q005", "9:q009")
        },
        "slot": {
            "context": of("breakfast", "8:cook-belly"),
            "mechanism": of("breakfast", "1:cook-belly", "3:answer-arabic", "4:cook-letter"),
            "outcome": of("breakfast", "2:head-table", "4:officer-letter"),
        },
        "outcome": {"attendance": of("breakfast", "2:head-table", "2:answer-emoji", "3:answer-arabic", "8:cook-belly")},
        "service": {"02": of("breakfast", "2:head-table"), "05": []},
        "sector": {"local-authority": of("breakfast", "4:officer-letter"), "charity": [], "private": []},
        "quote": {"cook-belly": of("breakfast", "1:cook-belly", "8:cook-belly")},
        "q": {"moved": of("breakfast", "2:answer-emoji")},
        "quote_q": {"worry": of("breakfast", "2:answer-emoji"), "moved": []},
        "speaker_role": {"Cook": of("breakfast", "1:cook-belly", "4:cook-letter", "8:cook-belly"), "Volunteer": []},
        "document": {"3": of("audit-review", "3:q003", "7:q007", "11:q011"), "2": []},
    },
    "substantive-theories": {
        "theory": {"breakfast": of("breakfast", "belonging", "needs", "stigma")},
        "key": {"needs": of("breakfast", "needs")},
        "informs_all": {
            "true": of("breakfast", "stigma"),
            "false": of("breakfast", "belonging", "needs") + of("audit-review", "comparison"),
        },
        "cmoc": {
            "4": of("breakfast", "belonging", "stigma"),
            "1": of("breakfast", "needs", "stigma") + of("audit-review", "comparison"),
        },
    },
    "groups": {
        "theory": {"discharge": of("discharge", 1, 2), "breakfast": of("breakfast", 1)},
        "study": {"discharge-2023": of("discharge", 1, 2)},
        "number": {"2": of("discharge", 2)},
        "q": {"elmstadt": of("discharge", 1), "stays": of("discharge", 1)},
    },
    "lineage": {
        "theory": {"discharge": of("discharge", 1)},
        "study": {"breakfast-2024": of("breakfast", 1, 2, 3, 4, 5)},
        "number": {"1": of("breakfast", 1) + of("discharge", 1)},
        "reverses": {"4": of("breakfast", 5), "1": []},
        "kind": {"merge": of("breakfast", 1), "split": of("discharge", 1), "reverse": of("breakfast", 5)},
        "cmoc": {"5": of("breakfast", 4, 5) + of("discharge", 1), "8": of("breakfast", 1, 2)},
    },
    "memos": {
        "study": {"audit-review": of("audit-review", "search")},
        "theory": {"breakfast": of("breakfast-2024", "attendance", "citation-year", "cmoc-4", "hungry", "whole")},
        "kind": {"question": of("breakfast-2024", "attendance", "service-07"), "reflexive": []},
        "origin": {"printed": of("breakfast-2024", "citation-year"), "extraction": of("breakfast-2024", "policy-dash")},
        "about": {
            "study": of("breakfast-2024", "rounds") + of("audit-review", "search"),
            "theory": of("breakfast-2024", "whole"),
            "service": of("breakfast-2024", "service-07"),
            "mechanism": [],
            "source": [],
        },
        "cmoc": {"4": of("breakfast-2024", "cmoc-4")},
        "context": {"hungry-mornings": of("breakfast-2024", "hungry")},
        "outcome": {"attendance": of("breakfast-2024", "attendance"), "stigma": []},
        "substantive_theory": {"belonging": of("breakfast-2024", "citation-year"), "needs": []},
        "quote": {"policy-hours": of("breakfast-2024", "policy-dash"), "cook-belly": []},
        "service": {"07": of("breakfast-2024", "service-07"), "01": []},
        "reference": {"4": of("breakfast-2024", "reference-4"), "1": []},
        "q": {"holidays": of("breakfast-2024", "service-07", "whole"), "print": []},
    },
    "surveys": {
        "study": {"breakfast-2024": ["breakfast-parents"]},
        "slug": {"discharge-nurses": ["discharge-nurses"], "breakfast-pupils": []},
        "dates_reporting": {"not-reported": ["discharge-nurses"]},
    },
}
# What a reviewer finds instead, who is in the team of every study: what is not public too.
REVIEWERS = {
    ("cmocs", "service", "03"): of("breakfast", 2),
    ("cmocs", "service_quoted", "03"): of("breakfast", 2),  # its former name
    ("cmocs", "service", "N1"): of("night-shift", 1),
    ("cmocs", "service_stated", "N1"): of("night-shift", 1),
    ("cmocs", "sector", "charity"): of("breakfast", 2),
    ("cmocs", "quote_q", "jam"): of("breakfast", 2),
    ("cmocs", "q", "grandad"): of("breakfast", 2),
    ("services", "quoted", "true"): of("breakfast-2024", "01", "02", "03", "04", "06") + of("night-shift", "N1"),
    ("quotes", "key", "note-door"): of("breakfast-2024", "note-door"),
    ("quotes", "service", "03"): of("breakfast-2024", "volunteer-jam"),
    ("evidence", "sector", "charity"): of("breakfast", "2:volunteer-jam"),
    ("memos", "kind", "reflexive"): of("breakfast-2024", "belonging", "letter-kids"),
    ("memos", "about", "source"): of("breakfast-2024", "field-note"),
    ("theories", "form", "scmo"): ["gardens-first"],
    ("theories", "predecessor", "gardens-first"): ["gardens"],
    ("cmocs", "strategy", "shed"): of("gardens-first", 1),
    ("quotes", "visibility", "private"): of("breakfast-2024", "note-door", "pupil-names", "volunteer-jam"),
    ("memos", "visibility", "private"): of("breakfast-2024", "belonging", "letter-kids"),
    ("memos", "mechanism", "belonging"): of("breakfast-2024", "belonging"),
    ("memos", "source", "field-note"): of("breakfast-2024", "field-note"),
    ("surveys", "slug", "breakfast-pupils"): ["breakfast-pupils"],
}
FILTERS = [(resource, name) for resource, filters in EVERYBODY.items() for name in filters]


def filterset_of(client, resource):
    """Return what a resource of the API can be filtered by."""
    return resolve(f"/api/v1/{resource}/").func.cls.filterset_class


def found(client, resource, **asked):
    answer = client.get(f"/api/v1/{resource}/", {"page_size": 1000, "fields": "id", **asked})
    assert answer.status_code == 200, answer.content
    return sorted(row["id"] for row in answer.json()["results"])


def filtersets(root=django_filters.FilterSet):
    """Yield every FilterSet of the project that is for a model."""
    for below in root.__subclasses__():
        if below._meta.model is not None and below.__module__.partition(".")[0] in {"programmes", "surveys"}:
            yield below
        yield from filtersets(below)


@pytest.mark.parametrize(("resource", "name"), FILTERS)
def test_filter_finds_exactly(universe, client, resource, name):
    answers = EVERYBODY[resource][name]

    assert {value: found(client, resource, **{name: value}) for value in answers} == {
        value: sorted(expected) for value, expected in answers.items()
    }


@pytest.mark.untraced
@pytest.mark.parametrize(("question", "expected"), REVIEWERS.items(), ids="-".join)
def test_filter_finds_for_reviewers_what_is_not_public(accounts, question, expected):
    resource, name, value = question
    client = Client()
    client.force_login(accounts["reviewer"])

    assert found(client, resource, **{name: value}) == sorted(expected)
    assert set(expected) < set(found(client, resource))


@pytest.mark.untraced
@pytest.mark.parametrize("resource", EVERYBODY)
def test_filter_has_rows_that_match_and_others(universe, client, resource):
    everything = set(found(client, resource))

    for name, answers in EVERYBODY[resource].items():
        assert any(expected and set(expected) != everything for expected in answers.values()), name


def test_every_filter_is_asked(client):
    resources = client.get("/api/v1/").json().keys() - {"changes"}

    declared = {resource: set(filterset_of(client, resource).base_filters) for resource in resources}

    asked = {resource: set(filters) for resource, filters in EVERYBODY.items()}
    for resource, name, _ in REVIEWERS:
        asked[resource] |= {name} - set(filterset_of(client, resource).renamed)
    assert asked == declared


def test_every_filterset_is_of_a_resource(client):
    of_resources = {filterset_of(client, resource) for resource in client.get("/api/v1/").json().keys() - {"changes"}}

    assert set(filtersets()) == of_resources


def test_service_stated_is_told_by_number_and_type(universe, client):
    rows = client.get("/api/v1/cmocs/", {"theory": "breakfast", "fields": "number,services_stated"}).json()["results"]

    assert {row["number"]: row["services_stated"] for row in rows} == {
        1: [{"service": "breakfast-2024:03", "service_type": "Charity with volunteers", "locator": "Table 1"}],
        2: [{"service": "breakfast-2024:04", "service_type": "Council’s school meals team", "locator": "Fig. 1"}],
        3: [],
        4: [{"service": "breakfast-2024:05", "service_type": "Catering company", "locator": ""}],
        5: [{"service": "breakfast-2024:06", "service_type": "School nursing team", "locator": "p. 19"}],
        8: [],
    }


def test_service_tells_what_it_is_stated_for(universe, client):
    rows = client.get("/api/v1/services/", {"study": "discharge-2023", "fields": "number,stated_for"}).json()["results"]

    assert {row["number"]: [stated["cmoc"] for stated in row["stated_for"]] for row in rows} == {
        "A": ["discharge:1", "discharge:2", "discharge:3"],
        "B": ["discharge:4", "discharge:5", "discharge:6"],
    }
