"""The team's copy of an appendix, read back: the same theory, by each field that is carried."""

import io
import json
import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from programmes.models import CMOC, Caveat, Evidence, Membership, Service, Theory
from programmes.models.configuration import CONFIGURATION, parts_of_theory
from programmes.models.slots import absence_words
from programmes.package.write import write_package
from programmes.pages.appendix import NAMES
from programmes.pages.copies import FileCopy
from programmes.pages.quote_table import QuoteTable
from programmes.vocabulary import CMOCStatus, TeamRole
from tests.factories import MembershipFactory, StudyFactory

pytestmark = pytest.mark.django_db
TEXTS = ("number", "name", "service_type", "location", "programme_text")
STANDING = ("", *(status.value for status in CMOCStatus if status != CMOCStatus.RETIRED))
MISSING = ("location", "programme_text", "sector")


@pytest.fixture
def member(client):
    """Somebody who leads every study, and is signed in."""
    user = User.objects.create_user("lead")
    client.force_login(user)
    return user


def team_copy(client, theory, form, member):
    """Return the team's copy of the whole appendix of a theory."""
    Membership.objects.get_or_create(study=theory.study, user=member, role=TeamRole.LEAD)
    parts = "".join(f"&part={name}" for name in NAMES)
    response = client.get(f"/theories/{theory.slug}/appendix.{form}?copy=team{parts}")
    assert response.status_code == 200
    return response.content


def taken_in(tmp_path, content, form, *options, study="back"):
    """Take an appendix in with the command, and return what it says."""
    file = tmp_path / f"appendix.{form}"
    file.write_bytes(content)
    out = io.StringIO()
    call_command("import_table", str(file), "--study", study, *options, "--json", stdout=out)
    return json.loads(out.getvalue())


def of_cmocs(theory, user):
    """Return of each CMOC what an appendix carries, a text or a list for each field."""
    parts = parts_of_theory(theory.pk, user)
    told = {}
    for cmoc in CMOC.objects.filter(theory=theory, status__in=STANDING).select_related("group"):
        row = {"label": cmoc.label, "title": cmoc.title, "statement": cmoc.statement}
        row["group"] = cmoc.group.heading if cmoc.group else ""
        row["statement missing"] = cmoc.statement_reporting if not cmoc.statement else ""
        for kind in CONFIGURATION:
            there = kind.of(parts[cmoc.pk]) if cmoc.pk in parts else []
            words = ["" if kind.name in {"beneficiary", "service"} else part.wording for part in there]
            row[kind.plural] = [(part.label, said or part.label) for part, said in zip(there, words, strict=True)]
            row[f"no {kind.name}"] = absence_words(getattr(cmoc, kind.absence)) if kind.absence and not there else ""
        told[cmoc.number] = row
    return told


def of_quotes(theory, user, speaker):
    """Return of each quote on a CMOC what an appendix tells: of one that was read back, from where it was kept."""
    evidence = Evidence.objects.filter(cmoc__theory=theory, cmoc__status__in=STANDING)
    table = QuoteTable(theory, FileCopy(user, TeamRole.LEAD), evidence, "")
    rows = []
    for line in table.lines():
        kept = re.fullmatch(r"(.*?)(?:(?:^|, )line (\d+))?", line.quote.locator)
        number = line.line or (int(kept[2]) if kept[2] else None)
        told = (line.evidence.role, line.evidence.slot, line.quote.key, line.quote.text, line.of_source("key"))
        rows.append((line.cmoc.number, *told, number, kept[1], speaker(line.quote)))
    return rows


def of_caveats(theory):
    """Return the caveats."""
    gone = CMOC.objects.filter(status=CMOCStatus.RETIRED)
    found = Caveat.objects.filter(theory=theory).exclude(cmoc__in=gone).select_related("outcome", "cmoc", "refutes")
    on = [(row.cmoc and row.cmoc.number, row.outcome and row.outcome.label) for row in found]
    rest = [(row.number, row.kind, row.text, row.locator, row.refutes and row.refutes.number) for row in found]
    return [*zip(on, rest, strict=True)]


def missing(row, name):
    """Return in which way something is missing; that it is there says it itself."""
    return getattr(row, f"{name}_reporting").removeprefix("reported")


def of_services(study):
    """Return the services, each with its sectors in their order."""
    found = Service.objects.filter(study=study).order_by("number")
    return [
        (
            [getattr(row, name) for name in TEXTS],
            [missing(row, name) for name in MISSING],
            [link.sector.label for link in row.sector_links.all()],
        )
        for row in found
    ]


@pytest.mark.parametrize("form", ["docx", "xlsx"])
@pytest.mark.parametrize("theories", ["demo", "universe"])
def test_team_copy_comes_back_as_the_same_theory(request, client, member, tmp_path, theories, form):
    request.getfixturevalue(theories)
    for theory in Theory.objects.select_related("study").order_by("slug"):
        told = taken_in(
            tmp_path, team_copy(client, theory, form, member), form, "--lead", "lead", study=f"back-{theory.slug}"[:60]
        )
        back = Theory.objects.get(study__slug=f"back-{theory.slug}"[:60])
        assert (told["questions"], told["report"]["notes"], back.title) == ([], [], theory.title)
        assert of_cmocs(back, member) == of_cmocs(theory, member)
        quotes = of_quotes(theory, member, lambda quote: str(quote.speaker))
        assert of_quotes(back, member, lambda quote: quote.label_as_printed) == quotes
        assert of_caveats(back) == of_caveats(theory)
        assert of_services(back.study) == of_services(theory.study)


@pytest.mark.parametrize(("theories", "slug"), [("universe", "breakfast"), ("demo", "thompson-2023")])
def test_team_copy_changes_nothing_in_the_theory_that_it_is_of(request, client, member, tmp_path, theories, slug):
    request.getfixturevalue(theories)
    theory = Theory.objects.select_related("study").get(slug=slug)
    content = team_copy(client, theory, "docx", member)
    before = write_package(theory)
    told = taken_in(tmp_path, content, "docx", "--theory", slug, study=theory.study.slug)
    assert told["report"]["changes"] == []
    assert told["report"]["configurations"]["new"] == told["report"]["configurations"]["changed"] == 0
    assert write_package(theory).decode().split("\n") == before.decode().split("\n")


@pytest.mark.parametrize("slug", ["breakfast", "discharge"])
def test_team_copy_becomes_another_theory_of_its_study(universe, client, member, tmp_path, slug):
    theory = Theory.objects.select_related("study").get(slug=slug)
    taken_in(tmp_path, team_copy(client, theory, "xlsx", member), "xlsx", study=theory.study.slug)
    back = Theory.objects.get(study=theory.study, slug__startswith=f"{theory.study.slug}-table")
    assert of_cmocs(back, member) == of_cmocs(theory, member)


def test_team_copy_comes_back_through_the_screen(universe, client, member, tmp_path):
    theory = Theory.objects.select_related("study").get(slug="discharge")
    content = team_copy(client, theory, "docx", member)
    study = StudyFactory(slug="back", statements="own", visibility="private")
    MembershipFactory(study=study, user=member, role="lead")
    address = reverse("desk-take-in", args=[study.slug])
    given = {"origin": "own", "file": SimpleUploadedFile("a.docx", content)}
    page = client.post(address, given)
    assert page.status_code == 200
    assert "To be answered" not in page.content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))
    client.post(address, {**fields, "load": ""})
    assert of_cmocs(Theory.objects.get(study=study), member) == of_cmocs(theory, member)
