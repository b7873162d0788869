"""Whatever stands in texts that an older version, or a hand in the tables, left: every file can be opened."""

import csv
import io
import json

import docx
import pyarrow.parquet as pq
import pytest
import rispy
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from lxml import etree
from pybtex.database import parse_string

from programmes.characters import in_xml
from programmes.formats.citations import CITATION_FORMATS
from programmes.formats.file_format import as_property
from programmes.formats.slides import SLIDE_FORMATS
from programmes.formats.tables import csv_values
from programmes.formats.web import WEB_FORMATS
from programmes.integrity.known_dates import KnownDateField
from programmes.models import CuratedModel
from realist.api import RESOURCES
from tests.factories import UserFactory
from tests.planting import Planting

ODD = "A\x02\x1b\x7f\ufffe\u202e\u200b<b>]]>&amp;\"'{$x$}#@\\%_~^ \u0e01\u0301\U0001f468\u200d\U0001f469 \u05d0\u0627"
ODD += "\r\n=1+1\t"
NO_TEXTS = (models.SlugField, models.URLField, KnownDateField)


def text_columns():
    """Yield each column of a curated record that holds a text of any kind but a key or an address."""
    for model in apps.get_models():
        for entry in model._meta.concrete_fields if issubclass(model, CuratedModel) else ():
            is_text = isinstance(entry, models.CharField | models.TextField)
            if is_text and not entry.choices and not isinstance(entry, NO_TEXTS):
                yield model._meta.db_table, entry.column, entry.max_length


def plant_odd_texts():
    """Put a text as odd and long as can be into every column that takes it; return how many did."""
    planted = 0
    for table, column, length in text_columns():
        odd = (ODD + "W" * 300)[: length or 300]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{column}" <> \'\'', [odd])  # noqa: S608
                planted += bool(cursor.rowcount)
        except DatabaseError:  # a rule of the database forbids it
            continue
    return planted


@pytest.fixture
def planting(db):
    found = Planting()
    assert plant_odd_texts() > 100
    return found


def opened_xml(content):
    etree.fromstring(content, etree.XMLParser(huge_tree=True))


def opened_csv(content):
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1


def opened_dot(content):
    assert content.count(b'"') % 2 == content.count(b'\\"') % 2
    content.decode()


def begins_as(start):
    def opened(content):
        assert content.startswith(start)

    return opened


OPENED = {
    "svg": opened_xml,
    "graphml": opened_xml,
    "png": begins_as(b"\x89PNG"),
    "pdf": begins_as(b"%PDF"),
    "dot": opened_dot,
    "json": json.loads,
    "csv": opened_csv,
    "jsonl": lambda content: [*map(json.loads, content.splitlines())],
    "parquet": lambda content: pq.read_table(io.BytesIO(content)),
    "docx": lambda content: docx.Document(io.BytesIO(content)),
    "bib": lambda content: parse_string(content.decode(), "bibtex"),
    "ris": lambda content: rispy.loads(content.decode()),
}


def files(planting):
    """Yield the address of every file, with its form."""
    theory, study, cmoc = planting.theory.slug, planting.study.slug, planting.cmoc.number
    yield from ((reverse("web", args=[theory, form]), form) for form in WEB_FORMATS)
    yield from ((reverse("slide", args=[theory, 1, form]), form) for form in SLIDE_FORMATS)
    yield reverse("slides-pdf", args=[theory, "pdf"]), "pdf"
    yield from ((reverse("citation", args=[theory, cmoc, form]), form) for form in CITATION_FORMATS)
    yield from ((reverse("table", args=[theory, name]), "csv") for name in ("matrix", "support"))
    yield from ((reverse("memos_file", args=[study, form]), form) for form in ("csv", "docx"))
    yield from ((reverse(name, args=[theory]), "png") for name in ("theory_card",))
    yield reverse("cmoc_card", args=[theory, cmoc]), "png"
    for name in RESOURCES:
        yield from ((f"/api/v1/{name}/?format={form}", form) for form in ("csv", "json", "jsonl", "parquet"))


@pytest.mark.untraced
def test_every_file_can_be_opened_whatever_stands_in_the_texts(planting):
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    broken = []
    for address, form in files(planting):
        response = client.get(address)
        content = b"".join(response) if response.streaming else response.content
        try:
            assert response.status_code == 200, content[:200]
            OPENED[form](content)
        except Exception as error:  # noqa: BLE001  all are told at once
            broken.append((address, repr(error)[:300]))
    assert broken == []


@pytest.mark.untraced
def test_every_page_is_there_whatever_stands_in_the_texts(planting):
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    addresses = [reverse("theory", args=[planting.theory.slug]), reverse("study", args=[planting.study.slug])]
    addresses += [reverse(name, args=[planting.theory.slug, planting.cmoc.number]) for name in ("cmoc", "cite_cmoc")]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_property_of_a_file_is_one_short_line():
    assert as_property("a\nb\x02") == "a b\ufffd"
    assert as_property("a" * 255) == "a" * 255
    assert as_property("a" * 300) == "a" * 254 + "…"


def test_xml_can_hold_the_rest():
    letters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)]))
    etree.fromstring(f"<a>{in_xml(letters.replace('<', '').replace('&', ''))}</a>")


@pytest.mark.once
def test_lists_stand_in_a_cell_as_json():
    assert csv_values([{"a": [1]}, "=1", "b", 2]) == ['{"a":[1]}', "'=1", "b", 2]
