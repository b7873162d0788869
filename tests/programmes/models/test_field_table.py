"""The field table holds: a value planted in every field is seen where the table says, and nowhere else."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import contextmanager
from typing import Any

import lxml.etree
import lxml.html
import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from programmes.actions.review import stored_wording
from programmes.models import CMOC, Context, CuratedModel, LineageEvent, Memo, Quote, Study, Theory
from programmes.models.field_table import (
    UNSEEN,
    WORDS,
    Layer,
    SeenIn,
    curated_models,
    field_row,
    field_table,
    fields_of,
    is_maskable,
    is_text,
    least_role,
    said_by_cmocs,
)
from programmes.package.read import read_package
from programmes.package.sections import related_key
from programmes.package.write import canonical, theory_document
from programmes.search.find import matching_rows
from programmes.search.question import Question
from programmes.search.stems import terms_of
from programmes.vocabulary import TeamRole
from realist.api import RESOURCES
from tests import factories as make
from tests.databases import EMPTY
from tests.planting import Mark, Planting, other_values, page_addresses

MOST = 4  # pages on which a change is looked for
CHANGING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')  # what differs whenever a page is asked for


class Finder:
    """Looks for what was planted, in every place, as somebody who may see everything."""

    def __init__(self) -> None:
        self.planting = Planting()
        self.reader = User.objects.create_superuser("everything")
        self.client = Client()
        self.client.force_login(self.reader)
        self.pages = {address: self.text(address) for address in page_addresses(self.planting)}
        self.resources = {address: self.text(address) for address in self.resource_addresses()}
        self.package = self.package_text()
        self.reloaded = self.package_reloaded()
        self.objects = {
            SeenIn.API: [one for text in self.resources.values() for one in scalars_in(json.loads(text))],
            SeenIn.PACKAGE: list(scalars_in(json.loads(self.reloaded))),
        }
        self.objects_by_row: dict[Any, list[dict[str, Any]]] = {}
        self.forms: dict[str, Form] = {}
        self.form_texts: dict[str, str] = {}
        self.shown: dict[Any, list[str]] = {}

    def resource_addresses(self) -> list[str]:
        return [reverse(f"api-{name}-list") for name in RESOURCES]

    def text(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return CHANGING.sub(b"", response.content).decode()

    def package_text(self) -> str:
        theory = Theory.objects.get(pk=self.planting.theory.pk)  # as it is stored
        return json.dumps(theory_document(theory), ensure_ascii=False)

    def wording(self, row) -> list[str]:
        """Return what a review keeps of the CMOC that a record is, or is part of."""
        pk = row.pk if isinstance(row, CMOC) else self.planting.cmoc.pk
        return stored_wording(CMOC.objects.get(pk=pk), self.reader)

    def package_reloaded(self) -> str:
        theory = self.planting.theory
        with transaction.atomic():
            document = canonical(theory_document(theory))
            LineageEvent.objects.filter(theory__study=self.planting.study, kind="reverse").delete()
            Study.objects.get(pk=self.planting.study.pk).delete()
            read_package(document)
            text = json.dumps(theory_document(Theory.objects.get(slug=theory.slug)), ensure_ascii=False)
            transaction.set_rollback(True)
        return text

    def places(self, row, texts: dict[str, str]) -> list[str]:
        """Return the addresses that show most of a record, or of those that it belongs to, where it has no marks."""
        found = self.shown_at(row, texts)
        for entry in fields_of(type(row)):
            if entry.is_relation and (related := getattr(row, entry.name)) and not found:
                found = self.shown_at(related, texts)
        return found[:MOST]

    def shown_at(self, row, texts: dict[str, str]) -> list[str]:
        """Return the addresses where a record is shown, those that show most of it first."""
        key = row._meta.label, row.pk, texts is self.pages
        if key not in self.shown:
            marks = self.marks_of(row)
            counts = {address: sum(mark.is_in(text) for mark in marks) for address, text in texts.items()}
            self.shown[key] = [address for address in sorted(counts, key=lambda one: -counts[one]) if counts[address]]
        return self.shown[key]

    @contextmanager
    def changed(self, planted, entry):
        """Give a field another value for a while; yield whether the database lets that be."""
        with transaction.atomic():
            yield any(self.accepts(planted.row, values) for values in other_values(planted.row, entry))
            transaction.set_rollback(True)

    def accepts(self, row, values) -> bool:
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**values)
        except DatabaseError:
            return False
        return True

    def found(self, model, entry) -> set[SeenIn]:
        """Return where a field is seen."""
        planted = self.planting.planted[model, entry.name]
        found = {SeenIn.ADMIN} if self.in_admin(planted, entry) else set()
        if planted.mark:
            found |= self.by_mark(planted)
        found |= self.by_name(planted, entry)
        said = self.wording(planted.row) if model in said_by_cmocs() else []
        with self.changed(planted, entry) as accepted:
            if accepted:
                if said and self.wording(planted.row) != said:
                    found.add(SeenIn.REVIEW)
                if not planted.mark or entry.name == "position":
                    found |= self.by_change(planted, found)
            elif entry.is_relation:
                found |= self.beside(planted, entry)
        return found

    def by_mark(self, planted) -> set[SeenIn]:
        """Return where the mark itself is read."""
        found = set()
        for where, texts in {SeenIn.PAGE: self.pages, SeenIn.API: self.resources}.items():
            if any(planted.mark.is_in(text) for text in texts.values()):
                found.add(where)
        if planted.mark.is_in(self.reloaded):
            found.add(SeenIn.PACKAGE)
        if matching_rows(Question(tuple(terms_of(planted.mark))), self.reader, most=1):
            found.add(SeenIn.SEARCH)
        return found

    def by_name(self, planted, entry) -> set[SeenIn]:
        """Return where an object of the record gives the field by its name."""
        value = getattr(planted.row, entry.name)
        given = related_key(value) if isinstance(value, CuratedModel) else value
        found = set()
        for where in self.objects:
            if any(entry.name in one and one[entry.name] == given for one in self.objects_of(planted.row, where)):
                found.add(where)
        return found

    def objects_of(self, row, where) -> list[dict[str, Any]]:
        """Return the objects that hold most of the marks of a record: not those that only name it."""
        key = row._meta.label, row.pk, where
        if key not in self.objects_by_row:
            marks = self.marks_of(row)
            counts = [sum(mark.is_in(str(one)) for mark in marks) for one in self.objects[where]]
            most = max(counts, default=0)
            self.objects_by_row[key] = [
                one for one, count in zip(self.objects[where], counts, strict=True) if count == most > 0
            ]
        return self.objects_by_row[key]

    def by_change(self, planted, found) -> set[SeenIn]:
        """Return where something else is read after a change."""
        changed = set()
        if SeenIn.PACKAGE not in found and self.package_text() != self.package:
            changed.add(SeenIn.PACKAGE)
        for where, texts in {SeenIn.PAGE: self.pages, SeenIn.API: self.resources}.items():
            if where not in found and any(self.text(one) != texts[one] for one in self.places(planted.row, texts)):
                changed.add(where)
        return changed

    def marks_of(self, row) -> list[Mark]:
        return self.planting.marks.get((type(row), row.pk), [])

    def beside(self, planted, entry) -> set[SeenIn]:
        """Return where a record is shown with the record above it, which cannot be changed."""
        above = getattr(planted.row, entry.name)
        rows = (planted.row, above)
        found = set()
        if all(any(mark.is_in(self.reloaded) for mark in self.marks_of(row)) for row in rows):
            found.add(SeenIn.PACKAGE)
        for where, texts in {SeenIn.PAGE: self.pages, SeenIn.API: self.resources}.items():
            if set(self.shown_at(planted.row, texts)) & set(self.shown_at(above, texts)):
                found.add(where)
        return found

    def in_admin(self, planted, entry) -> bool:
        """Say whether a form shows the value: in a control or in words."""
        return any(form.shows(planted, entry) for form in self.forms_of(planted.row))

    def forms_of(self, row):
        """Yield the forms that show a record: its own, and those of the records above it."""
        if type(row) in admin.site._registry:
            yield self.form(row)
        for model, options in admin.site._registry.items():
            for inline in options.inlines:
                if inline.model is type(row):
                    for entry in fields_of(type(row)):
                        if entry.related_model is model and getattr(row, entry.attname):
                            yield self.form(getattr(row, entry.name))

    def form(self, row):
        address = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
        if address not in self.forms:
            self.form_texts[address] = self.text(address)
            self.forms[address] = Form(self.form_texts[address])
        return self.forms[address]


def scalars_in(value):
    """Yield every object of a document without what is nested in it."""
    if isinstance(value, dict):
        yield {name: one for name, one in value.items() if not isinstance(one, dict | list)}
    nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in nested:
        yield from scalars_in(one)


class Form:
    """A form of the admin: the values of its controls, and what stands in words, by field."""

    def __init__(self, text: str) -> None:
        self.values: dict[str, set[str]] = defaultdict(set)
        self.words: dict[str, set[str]] = defaultdict(set)
        for control in lxml.html.fromstring(text).iter("input", "select", "textarea"):
            self.values[control.get("name", "").rpartition("-")[2]].add(self.value(control))
        for box in lxml.html.fromstring(text).xpath("//*[contains(@class, 'field-')]"):
            said = " ".join(box.xpath(".//*[contains(@class, 'readonly')]//text()|./p//text()"))
            for name in re.findall(r"field-(\w+)", box.get("class")):
                self.words[name].add(said)

    def value(self, control) -> str:
        if control.get("type") == "checkbox":
            return str(control.get("checked") is not None)
        if control.tag == "select":
            return next(iter(control.xpath("option[@selected]/@value")), "")
        return (control.text_content() if control.tag == "textarea" else control.get("value", "")).strip()

    def shows(self, planted, entry) -> bool:
        value = str(getattr(planted.row, entry.attname))
        if any(given == value or (planted.mark and planted.mark in given) for given in self.values[entry.name] - {""}):
            return True
        words = [planted.mark] if planted.mark else words_for(planted.row, entry)
        return any(word in said for word in words for said in self.words[entry.name])


def words_for(row, entry) -> list[str]:
    """Return in what words a form tells a term or a relation."""
    if entry.choices:
        return [getattr(row, f"get_{entry.name}_display")()]
    return [str(getattr(row, entry.name))]


@pytest.fixture(scope="module")
def finder(process_database, django_db_blocker):
    with django_db_blocker.unblock():
        process_database.switch_to(EMPTY)
        with transaction.atomic():
            yield Finder()
            transaction.set_rollback(True)


def readers(finder, restricted: list[Mark]) -> dict[TeamRole | None, str]:
    """Return what a visitor reads everywhere, and what members read where something is that a visitor may not read."""
    everything = {**finder.pages, **finder.resources, **finder.form_texts}
    apart = [address for address, text in everything.items() if any(mark.is_in(text) for mark in restricted)]
    visits = {None: (Client(), [*finder.pages, *finder.resources])}
    for role in TeamRole:
        member = make.MembershipFactory(study=finder.planting.study, role=role).user
        member.groups.add(Group.objects.get(name=role.label))
        visits[role] = (Client(), apart)
        visits[role][0].force_login(member)
    return {
        role: "".join(client.get(address).content.decode() for address in addresses)
        for role, (client, addresses) in visits.items()
    }


@pytest.mark.once
@pytest.mark.slow(seconds=9, reason="asks for every page and form in each role")
def test_least_role_reads_a_field_and_no_lesser_does(finder, db):
    found = finder.planting.planted.items()
    marked = {key: planted for key, planted in found if planted.mark and key[1] != "position"}  # an order has no words
    for planted in marked.values():
        list(finder.forms_of(planted.row))
    restricted = [planted.mark for key, planted in marked.items() if least_role(*key) is not None]
    texts = readers(finder, restricted)

    wrong = []
    for (model, name), planted in marked.items():
        least = next((role for role, text in texts.items() if planted.mark.is_in(text)), "nobody")
        if least != least_role(model, name):
            wrong.append(f"{model.__name__}.{name}: {least or 'everybody'} reads it")

    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.once
@pytest.mark.slow(seconds=5, reason="plants every field and visits every page once")
def test_letters_are_masked_without_harm(finder, db):
    refused = []
    Quote.objects.filter(pk=finder.planting.quote.pk).update(start=None, end=None)  # its words and the source's differ
    for model, name in finder.planting.planted:
        planted = finder.planting.planted[model, name]
        if is_maskable(model, name) and planted.mark:
            value = getattr(planted.row, name)
            masked = ["▮▮▮▮▮▮"] if isinstance(value, list) else "▮" * len(value)
            if not finder.accepts(planted.row, {name: masked}):
                refused.append(f"{model.__name__}.{name}")

    assert refused == []


def test_lines_of_the_table_name_fields_that_are_there():
    lost = [
        f"{line}: {name}"
        for line in (*UNSEEN, *WORDS)
        for name in line.fields.split()
        if not any(name in {entry.name for entry in fields_of(model)} for model in line.models or curated_models())
    ]
    assert lost == []


def test_every_text_has_a_layer():
    texts = [row for row in field_table() if is_text(row.model._meta.get_field(row.name))]
    without = [row.name for row in texts if not any(line.names(row.model, row.name) for line in WORDS)]
    assert without == []
    assert {row.layer for row in texts} == set(Layer) - {Layer.NONE}


REMEDY = {
    True: "is not seen there: show it, or add a line to the field table that says why not and where instead",
    False: "is seen there: take away the line of the field table that says it is not",
}


@pytest.mark.slow(seconds=30, reason="looks for every field of every kind of record on every page")
@pytest.mark.once
@pytest.mark.parametrize(
    "every",
    [pytest.param(False, id="what holds a mark"), pytest.param(True, id="every field", marks=pytest.mark.soak)],
)
@pytest.mark.parametrize("model", curated_models(), ids=lambda model: model.__name__)
def test_every_field_is_seen_where_the_table_says(finder, db, model, every):
    """A term, a relation or a place holds no mark: to find it all is asked for again after a change of it."""
    wrong = []
    for entry in fields_of(model):
        if not every and (not finder.planting.planted[model, entry.name].mark or entry.name == "position"):
            continue
        unseen, found = field_row(model, entry.name).unseen, finder.found(model, entry)
        wrong += [
            f"{where.label}: {model.__name__}.{entry.name} {REMEDY[where not in found]}"
            for where in SeenIn
            if (where in unseen) == (where in found)
        ]

    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.slow(seconds=4, reason="plants every field and visits every page once")
def test_what_is_read_back_is_what_was_written(finder):
    assert finder.reloaded == finder.package


LAYERS_OF_PEOPLE = {Layer.PARTICIPANT, Layer.AUTHORS, Layer.CURATOR}
NO_ELEMENTS = {"title", "option", "script", "style", "textarea"}  # in which no element can stand


def mark_around(node):
    """Return whose words the nearest element with a mark says that a node holds."""
    return next((one.get("data-words") for one in (node, *node.iterancestors()) if one.get("data-words")), "nobody")


def texts_in(page):
    """Yield each text that a page shows with its mark.

    Citations have none, since they are copied as they stand; nor has what the reader asked for, or the printed address.
    """
    for node in page.iter(lxml.etree.Element):
        around = (node, *node.iterancestors())
        if node.tag not in NO_ELEMENTS and not any(
            one.get("class") in {"citation", "print-line"} or one.get("role") == "status" for one in around
        ):
            yield node.text or "", mark_around(node)
            yield from ((below.tail or "", mark_around(node)) for below in node)


def has_tags_in_words(page):
    """Say whether a title or an attribute, which can hold no element, has the mark of one."""
    words = re.findall(r"<(?:title|option|textarea)\b[^>]*>(.*?)</", page, re.DOTALL)
    return any("data-words" in text for text in [*words, *lxml.html.fromstring(page).xpath("//@*")])


def further_addresses(planting):
    """Return addresses that show texts as they were, or as they were found."""
    cmoc, theory, marks = planting.cmoc, planting.theory, planting.planted
    yield reverse("cmoc_history", args=[theory.slug, cmoc.number])
    yield reverse("earlier", args=[theory.slug]) + f"?day={cmoc.history.latest().history_date:%Y-%m-%d}"
    for model, name in ((CMOC, "statement"), (CMOC, "title"), (Quote, "text"), (Memo, "text"), (Context, "label")):
        yield reverse("search") + f"?q={marks[model, name].mark}"


@pytest.mark.once
@pytest.mark.slow(seconds=4, reason="reads every text of every page")
def test_words_are_marked_as_those_of_whom_the_table_says(finder, db):
    pages = {address: text for address, text in finder.pages.items() if not address.startswith("/admin")}
    pages |= {address: finder.text(address) for address in further_addresses(finder.planting)}
    texts = {
        address: [(text, mark) for text, mark in texts_in(lxml.html.fromstring(page)) if "zq" in text]
        for address, page in pages.items()
    }
    assert [address for address, page in finder.pages.items() if has_tags_in_words(page)] == []
    wrong, seen = defaultdict(set), defaultdict(int)
    for (model, name), planted in finder.planting.planted.items():
        layer = field_row(model, name).layer
        expected = layer if layer in LAYERS_OF_PEOPLE else "nobody"
        if planted.mark and is_text(model._meta.get_field(name)):
            for address, found in texts.items():
                for mark in [mark for text, mark in found if planted.mark.is_in(text)]:
                    seen[mark] += 1
                    if mark != expected:
                        wrong[f"{model.__name__}.{name}, of {expected}, is marked as of {mark}"].add(address)

    assert not wrong, "\n" + "\n".join(f"{what}: {', '.join(sorted(where))}" for what, where in sorted(wrong.items()))
    assert all(seen[layer] > 0 for layer in (*LAYERS_OF_PEOPLE, "nobody"))
