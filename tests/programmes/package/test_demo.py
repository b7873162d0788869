"""The demo packages: complete, verbatim, and the same after a round trip."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from programmes.models import (
    CMOC,
    Caveat,
    Evidence,
    Membership,
    Memo,
    Outcome,
    Quote,
    Reference,
    Service,
    Study,
    Theory,
)
from programmes.package.read import read_package
from programmes.package.write import write_package
from surveys.models import RespondentRole, Survey
from tests.factories import UserFactory

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "programmes" / "demo"
SEED = ROOT.parent / "shared" / "seed"  # the checked content of the paper, where it lies beside the checkout
THOMPSON = DEMO / "thompson-2023.json"
HALSALL = DEMO / "halsall-2022.json"


def thompson() -> dict:
    return json.loads(THOMPSON.read_bytes())


def checksum(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def test_printed_texts_have_the_committed_checksums():
    document = thompson()

    sums = {
        "statements": checksum([cmoc["statement"] for cmoc in document["cmocs"]]),
        "quotes": checksum([quote["text_as_printed"] for quote in document["quotes"]]),
        "quotes without marks": checksum([quote["text"] for quote in document["quotes"]]),
        "caveats": checksum([caveat["text"] for caveat in document["caveats"]]),
        "services": checksum([service["programme_text"] for service in document["services"]]),
        "references": checksum([reference["as_printed"] for reference in document["references"]]),
    }

    assert sums == {
        "statements": "7b036f2f9f96e5a0a3903c45e292b2ab7f9a78540f038e7ff950412c7ccb8166",
        "quotes": "76b7159c0f6e188d16c95f2fa197b74f7dc2f8453d898716a8ce1cbf5f08e473",
        "quotes without marks": "8d3db1d16de5dd830c214f4d0adc4761e4ad052bd62e954ae80fd5fbbbfa9fdd",
        "caveats": "f39ca1b30f79d2be463d60e6ce447dde924017157291aace41ddd4206d3bacc2",
        "services": "65f8ff1ba560d196cb968bab6b3121e07bfdb3f5adef247849d99030678b298f",
        "references": "be4af24ff000b42eb65906fdb3e4754c79fd4e833c4a9f3060b3bb5607fd1981",
    }


# A clone has no seed beside it; there the checksums above hold the same words.
@pytest.mark.skipif(not SEED.is_dir(), reason="the checked content of the paper is not beside the checkout")
def test_thompson_package_says_what_the_paper_says():
    seed = json.loads((SEED / "thompson-2023-theory.json").read_text(encoding="utf-8"))
    document = thompson()

    assert [(cmoc["number"], cmoc["title"], cmoc["statement"], cmoc["figure"]) for cmoc in document["cmocs"]] == [
        (cmoc["number"], cmoc["title_as_printed"], cmoc["statement_as_printed"], cmoc["figure_caption_as_printed"])
        for cmoc in seed["cmocs"]
    ]
    assert [
        (cmoc["contexts"][0]["wording"], cmoc["mechanisms"][0]["wording"], cmoc["outcomes"][0]["wording"])
        for cmoc in document["cmocs"]
    ] == [(cmoc["context"], cmoc["mechanism"], cmoc["outcome_text"]) for cmoc in seed["cmocs"]]
    assert [
        (quote["key"], quote["text"], quote["text_as_printed"], quote["label_as_printed"])
        for quote in document["quotes"]
    ] == [
        (quote["id"].lower(), quote["text"], quote["text_with_quotation_marks"], quote["label_as_printed"])
        for quote in seed["quotes"]
    ]
    assert [
        (cmoc["number"], evidence["quote"], evidence["role"])
        for cmoc in document["cmocs"]
        for evidence in cmoc["evidence"]
    ] == [(quote["cmoc"], quote["id"].lower(), quote["role"]) for quote in seed["quotes"]]
    assert [(caveat["kind"], caveat["text"]) for caveat in document["caveats"]] == [
        (caveat["kind"], caveat["text"])
        for caveat in [
            *(caveat for cmoc in seed["cmocs"] for caveat in cmoc["caveats"]),
            *seed["outcome_level_caveats"],
        ]
    ]
    assert [
        (service["number"], service["service_type"], service.get("location"), service["programme_text"])
        for service in document["services"]
    ] == [
        (service["number"], service["service_type"], service["location"], service["programme"])
        for service in seed["services"]
    ]
    assert [(reference["number"], reference["as_printed"]) for reference in document["references"]] == [
        (reference["number"], reference["raw"]) for reference in seed["references"]
    ]
    assert [(role["as_printed"], role["respondents"]) for role in document["surveys"][0]["respondent_roles"]] == [
        (role["role"], role["n"]) for role in seed["survey"]["roles"]
    ]


# The printed sentences are not ours to commit, so only a checkout with the seed beside it can look for them.
@pytest.mark.skipif(not SEED.is_dir(), reason="the checked content of the paper is not beside the checkout")
def test_printed_sentences_of_halsall_are_not_loaded():
    seed = json.loads((SEED / "halsall-2022.json").read_text(encoding="utf-8"))
    text = HALSALL.read_text(encoding="utf-8").lower()

    printed = [
        part.lower()
        for cmoc in seed["cmocs"]
        for part in [cmoc["as_printed"], *cmoc["context"], *cmoc["mechanism_parts"], *cmoc["outcome"]]
    ]

    assert [part for part in printed if part in text and len(part) > len("reduced social isolation")] == []


@pytest.mark.untraced
@pytest.mark.parametrize("file", [THOMPSON, HALSALL], ids=lambda file: file.stem)
@pytest.mark.django_db
def test_dump_of_a_loaded_package_equals_the_file(file):
    read_package(file.read_bytes())

    theory = Theory.objects.select_related("study__programme").get(slug=file.stem)

    assert write_package(theory) == file.read_bytes()


@pytest.mark.untraced
@pytest.mark.django_db
def test_thompson_is_complete_in_the_database():
    read_package(THOMPSON.read_bytes())

    theory = Theory.objects.get(slug="thompson-2023")
    roles = Evidence.objects.filter(cmoc__theory=theory).values_list("role", flat=True)
    assert {
        "CMOCs": CMOC.objects.filter(theory=theory).count(),
        "outcomes": Outcome.objects.filter(theory=theory).count(),
        "quotes": Quote.objects.count(),
        "supports": list(roles).count("supports"),
        "refines": list(roles).count("refines"),
        "counters": list(roles).count("counters"),
        "services": Service.objects.count(),
        "caveats of CMOCs": Caveat.objects.filter(cmoc__isnull=False).count(),
        "caveats of outcomes and the theory": Caveat.objects.filter(cmoc=None).count(),
        "references": Reference.objects.count(),
        "respondents": sum(RespondentRole.objects.values_list("respondents", flat=True)),
        "respondents reported": Survey.objects.get().respondents,
    } == {
        "CMOCs": 12,
        "outcomes": 5,
        "quotes": 22,
        "supports": 17,
        "refines": 2,
        "counters": 3,
        "services": 14,
        "caveats of CMOCs": 19,
        "caveats of outcomes and the theory": 5,
        "references": 37,
        "respondents": 14,
        "respondents reported": 14,
    }


@pytest.mark.untraced
@pytest.mark.django_db
def test_every_delivery_mode_of_thompson_is_unclear_in_source():
    read_package(THOMPSON.read_bytes())

    deliveries = [delivery for service in Service.objects.all() for delivery in service.deliveries.all()]

    assert len(deliveries) == 14 * 5
    assert {delivery.offered for delivery in deliveries} == {"unclear"}
    assert sum(delivery.cell_as_extracted == "X" for delivery in deliveries) == 2 * 14 - 3 + 10 + 3 * 4
    assert set(CMOC.objects.values_list("services_reporting", "people_reporting")) == {("unclear", "unclear")}


def test_anomalies_that_touch_a_record_stand_as_notes_on_it():
    numbers = {int(match[1]) for memo in thompson()["memos"] if (match := re.match(r"note-(\d+)-", memo["key"]))}

    assert numbers == set(range(1, 49))


@pytest.mark.django_db
def test_load_demo_loads_each_theory_once_and_keeps_edits(capsys):
    call_command("load_demo")
    call_command("create_first_curator")
    first = capsys.readouterr().out.splitlines()
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=1)
    cmoc.title = "Edited"
    cmoc.save()
    Theory.objects.get(slug="halsall-2022").delete()

    call_command("load_demo")
    call_command("create_first_curator")

    assert capsys.readouterr().out.splitlines() == [
        "halsall-2022: already loaded, left as it is",
        "thompson-2023: already loaded, left as it is",
    ]
    assert first[:2] == ["halsall-2022: loaded 56 rows", "thompson-2023: loaded 531 rows"]
    assert first[2] == "Account:  curator"
    assert re.fullmatch(r"Password: \S{16}   \(shown only now; change it at the desk\)", first[3])
    cmoc.refresh_from_db()
    assert cmoc.title == "Edited"
    assert sorted(Membership.objects.values_list("study__slug", "user__username", "role")) == [
        ("halsall-2022", "curator", "lead"),
        ("thompson-2023", "curator", "lead"),
    ]
    assert not Theory.objects.filter(slug="halsall-2022").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("account", "leads"), [("curator", True), ("somebody", False)])
def test_demo_that_comes_later_is_led_by_the_first_curator(capsys, account, leads):
    UserFactory(username=account)

    call_command("load_demo")
    lines = capsys.readouterr().out.splitlines()

    assert Membership.objects.filter(user__username=account, role="lead").count() == (2 if leads else 0)
    assert lines[1].startswith(f"study.slug: {'curator leads halsall-2022' if leads else 'halsall-2022 has no lead'}")


@pytest.mark.django_db
def test_history_says_where_the_demo_came_from():
    call_command("load_demo", verbosity=0)

    assert set(Memo.history.values_list("history_change_reason", flat=True)) == {
        "Loaded from the demo package halsall-2022.json",
        "Loaded from the demo package thompson-2023.json",
    }
    assert Study.history.count() == 2
