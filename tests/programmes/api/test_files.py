"""Lists as files: read back by other programs they are the rows of the list, for whoever asks."""

import csv
import io
import json
import threading
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from openpyxl.utils.escape import unescape

from programmes.api import whole_rows
from programmes.api.csv_rows import literal
from programmes.api.file_answers import LONGEST_NAME, asked_piece, file_name
from programmes.api.files import cell_text, gathered
from programmes.api.telling import place_at, tell_everything
from programmes.api.whole_rows import WholeRowShape
from programmes.models import Membership, Quote, Study, Telling
from realist.api import INNER_LISTS, RESOURCES
from tests.factories import EvidenceFactory, MembershipFactory, QuoteFactory, StudyFactory, UserFactory
from tests.queries import asks

LISTS = [*RESOURCES, *INNER_LISTS]
FORMATS = ("csv", "jsonl", "xlsx", "parquet")
ODD = [
    '=HYPERLINK("http://example.org")',
    "'=1+1",
    "+44, -5 @ 50%",
    'He said: "no";\n“perhaps” – 👍',
    "007",
    "_x0041_ NULL",
]


def get(client, path, status=200, **headers):
    response = client.get(f"/api/v1/{path}", headers=headers)
    assert response.status_code == status, response.getvalue()
    return response


def file(client, name, form, question=""):
    return get(client, f"{name}/?format={form}{question}").getvalue()


def rows_of(client, name):
    return get(client, f"{name}/?page_size=1000").json()["results"]


def flat(row, name):
    """Return what stands in a row at the name of a column."""
    for part in name.split("."):
        row = row[part]
    return "\n".join(row) if isinstance(row, list) else row


def as_csv(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def read_csv(content):
    head, *lines = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def read_workbook(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def read_parquet(content):
    return pq.read_table(io.BytesIO(content)).to_pylist()


def in_words(value):
    """Return a value of a workbook or of Parquet as CSV has it."""
    if hasattr(value, "isoformat"):
        day = value.date() if getattr(value, "tzinfo", None) is None and hasattr(value, "date") else value
        return day.isoformat()
    return as_csv(value)


def of_team(everywhere="curator"):
    user = UserFactory()
    for study in Study.objects.order_by("pk"):
        MembershipFactory(user=user, study=study, role=everywhere)
    return user


def read_all(client, names, forms=FORMATS):
    """Return which files of lists are not the rows of the list."""
    wrong = []
    for name in names:
        rows = rows_of(client, name)
        for form in forms:
            content = file(client, name, form)
            if form == "jsonl":
                found, expected = [json.loads(line) for line in content.splitlines()], rows
            else:
                reader = {"csv": read_csv, "xlsx": read_workbook, "parquet": read_parquet}[form]
                found = [{key: in_words(value) for key, value in row.items()} for row in reader(content)]
                expected = [
                    {key: as_csv(flat(row, key)) for key in line} for row, line in zip(rows, found, strict=True)
                ]
            wrong += [] if found == expected else [(name, form)]
    return wrong


@pytest.mark.parametrize("part", range(4))
def test_files_are_the_rows_of_the_list(universe, client, part):
    assert read_all(client, LISTS[part::4], ("csv", "jsonl")) == []


@pytest.mark.parametrize("name", ["quotes", "studies", "studies.kinds_of_people", "cmocs", "surveys"])
def test_workbooks_and_parquet_are_the_rows_of_the_list(universe, client, name):
    assert read_all(client, [name], ("xlsx", "parquet")) == []


def test_files_for_a_team_are_the_rows_that_it_sees(universe, client):
    public = len(rows_of(client, "quotes"))
    client.force_login(of_team())
    assert read_all(client, ["quotes", "evidence", "cmocs", "memos", "cmocs.evidence", "cmocs.reviews"]) == []
    assert len(read_csv(file(client, "quotes", "csv"))) > public


def test_files_for_whoever_sees_everything_are_the_rows_of_the_list(universe, admin_client):
    assert read_all(admin_client, ["quotes", "evidence", "cmocs"]) == []


@pytest.mark.parametrize("name", INNER_LISTS)
def test_lists_within_rows_have_the_rows_that_stand_there(universe, client, name):
    resource, _, field = name.partition(".")
    question = "?page_size=1000&status=retired" if resource == "cmocs" and field == "successors" else "?page_size=1000"
    around = get(client, f"{resource}/{question}").json()["results"]
    expected = [{"of": row["id"], **inner} for row in around for inner in row[field]]
    assert get(client, f"{name}/{question}").json()["results"] == expected


def test_lists_within_rows_come_in_pages_and_take_the_filters_of_their_resource(universe, client):
    whole = rows_of(client, "cmocs.contexts")
    address, pages = "/api/v1/cmocs.contexts/?page_size=5", []
    while address:
        page = client.get(address).json()
        pages += page["results"]
        last, address = page, page["next"]
    before = client.get(last["previous"]).json()["results"]
    of_one = get(client, "cmocs.contexts/?theory=gardens&fields=of,context").json()["results"]
    assert pages == whole
    assert before == whole[-len(last["results"]) - 5 : -len(last["results"])]
    assert of_one == [
        {name: row[name] for name in ("of", "context")} for row in whole if row["of"].startswith("gardens:")
    ]
    assert len(of_one) not in {0, len(whole)}


@pytest.fixture
def odd(db):
    study = StudyFactory(slug="odd")
    for number, text in enumerate(ODD):
        QuoteFactory(study=study, key=f"q{number}", text=text, label_as_printed="" if number else " x ")
    return study


def test_values_are_exact_for_programs(odd, client):
    read = {
        "csv": [row["text"] for row in read_csv(file(client, "quotes", "csv"))],
        "pandas": list(
            pd.read_csv(io.BytesIO(file(client, "quotes", "csv")), keep_default_na=False, dtype=str)["text"]
        ),
        "jsonl": list(pd.read_json(io.BytesIO(file(client, "quotes", "jsonl")), lines=True, dtype=str)["text"]),
        "xlsx": [unescape(row["text"]) for row in read_workbook(file(client, "quotes", "xlsx"))],
        "parquet": [row["text"] for row in read_parquet(file(client, "quotes", "parquet"))],
    }
    assert read == dict.fromkeys(read, ODD)


def test_what_is_empty_is_told_from_what_is_not_there(odd, client):
    table = file(client, "quotes", "csv", "&key=q0&fields=id,version,label_as_printed,service")
    assert table == b'id,version,label_as_printed,service\n"odd:q0",1," x ",\n'
    assert file(client, "quotes", "csv", "&key=q1&fields=label_as_printed") == b'label_as_printed\n""\n'


def test_table_without_rows_has_a_head(demo, client):
    assert file(client, "cmocs", "csv", "&status=refuted&fields=number,setting.stage") == b"number,setting.stage\n"
    assert file(client, "cmocs", "jsonl", "&status=refuted") == b""
    assert read_workbook(file(client, "cmocs", "xlsx", "&status=refuted")) == []
    assert read_parquet(file(client, "cmocs", "parquet", "&status=refuted")) == []


def test_table_without_texts(demo, client):
    assert file(client, "cmocs", "csv", "&theory=halsall-2022&fields=number") == b"number\n1\n2\n3\n"


@pytest.mark.parametrize("form", FORMATS)
def test_fields_filters_and_order_hold_for_files(universe, client, form):
    question = "&theory=gardens&ordering=-number&fields=id,number,setting.stage"
    reader = {"csv": read_csv, "xlsx": read_workbook, "parquet": read_parquet}.get(form)
    content = file(client, "cmocs", form, question)
    page = get(client, f"cmocs/?{question}").json()["results"]
    if form == "jsonl":
        assert [json.loads(line) for line in content.splitlines()] == page
    else:
        expected = [
            {"id": row["id"], "number": as_csv(row["number"]), "setting.stage": row["setting"]["stage"]} for row in page
        ]
        assert [{key: as_csv(value) for key, value in row.items()} for row in reader(content)] == expected
    assert len(page) > 1


def test_parts_of_fields_are_left_out_and_lists_are_lighter(universe, client):
    (head, *_) = file(client, "caveats", "csv", "&exclude=setting.doi,text").splitlines()
    page = get(client, "cmocs/?light=true&include=contexts.context&exclude=setting").json()["results"]
    lines = file(client, "cmocs", "jsonl", "&light=true&include=contexts.context&exclude=setting").splitlines()
    assert b"setting.doi" not in head
    assert b",text," not in head
    assert b"setting.stage" in head
    assert [json.loads(line) for line in lines] == page


@pytest.mark.parametrize(
    ("question", "parameter", "message"),
    [
        (
            "services/?format=csv&fields=id,deliveries",
            "fields",
            "deliveries is a list of rows, which no cell holds; it is a file of its own: /api/v1/services.deliveries/",
        ),
        (
            "cmocs/?format=xlsx&light=true&include=contexts.context",
            "fields",
            "contexts is a list of rows, which no cell holds; it is a file of its own: /api/v1/cmocs.contexts/",
        ),
        ("groups/?format=parquet&fields=numbr", "fields", "'numbr' is no field here; did you mean \"number\"?"),
        ("quotes/?format=jsonl&cursor=x", "cursor", "has no meaning for a file, which has every row; leave it out"),
        ("quotes/?format=xlsx&count=true", "count", "has no meaning for a file, which has every row; leave it out"),
        ("services.deliveries/?ordering=id", "ordering", None),
        ("services.deliveries/?format=csv&light=true", "light", None),
        (
            "lineage.moves/?format=csv&exclude=of,quote",
            "exclude",
            "leaves no field that a table can have; exclude fewer",
        ),
    ],
)
def test_what_a_file_cannot_have_is_refused(demo, client, question, parameter, message):
    (error,) = get(client, question, 400).json()["errors"]
    assert error["parameter"] == parameter
    assert message is None or error["message"] == message


@pytest.mark.parametrize("form", FORMATS)
def test_a_single_row_is_a_file_too(demo, client, form):
    one = get(client, f"cmocs/thompson-2023:5/?format={form}")
    assert one.content == file(client, "cmocs", form, "&theory=thompson-2023&number=5") or form == "xlsx"
    assert one["Content-Disposition"] == f'attachment; filename="realist-cmocs.{form}"'
    assert get(client, f"cmocs/thompson-2023:99/?format={form}", 404).json()["code"] == "no-such-row"


def test_files_are_named_by_what_is_in_them(demo, client):
    answer = get(client, "quotes/?format=csv&theory=thompson-2023&role=counters&fields=id")
    name = "realist-quotes-role-counters-theory-thompson-2023.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Link"] == '<http://testserver/api/v1/docs/#quotes>; rel="describedby"'
    inner = get(client, "cmocs.contexts/?format=jsonl")
    assert inner["Link"] == '<http://testserver/api/v1/docs/#cmocs>; rel="describedby"'
    assert inner["Content-Disposition"] == 'attachment; filename="realist-cmocs.contexts.jsonl"'


def test_name_of_a_file_is_safe_and_short():
    request = RequestFactory().get("/", {"q": '"; x=../../\r\n' + "y" * 200})
    request.query_params = request.GET
    name = file_name("quotes", request, "csv")
    assert name.startswith("realist-quotes-q-x-..-..-yyy")
    assert len(name) <= LONGEST_NAME + 4


def all_told():
    tell_everything()
    Telling.objects.update(last_place=place_at(time.time() - 60))


@pytest.mark.parametrize("form", FORMATS)
def test_file_that_did_not_change_costs_no_reading_of_rows(demo, client, form):
    all_told()
    first = get(client, f"quotes/?format={form}")
    first.getvalue()
    with asks("telling"):
        again = get(client, f"quotes/?format={form}", 304, **{"If-None-Match": first["ETag"]})
    assert (again.content, again["ETag"]) == (b"", first["ETag"])
    other = get(client, f"quotes/?format={form}", **{"If-None-Match": '"another"'})
    other.getvalue()
    assert other["ETag"] == first["ETag"]
    quote = Quote.objects.get(key="q09")
    quote.locator = "p. 5"
    quote.save()
    changed = get(client, f"quotes/?format={form}", **{"If-None-Match": first["ETag"]})
    changed.getvalue()
    assert changed.get("ETag") != first["ETag"]


def test_each_question_and_reader_has_a_tag_of_its_own(demo, client):
    all_told()
    user = UserFactory()
    tags = [
        get(client, f"{question}")["ETag"]
        for question in (
            "quotes/?format=csv",
            "quotes/?format=csv&fields=id",
            "quotes/?format=jsonl",
            "cmocs/?format=csv",
        )
    ]
    client.force_login(user)
    without_role = get(client, "quotes/?format=csv")
    MembershipFactory(user=user, study=Study.objects.get(slug="thompson-2023"), role="curator")
    all_told()
    with_role = get(client, "quotes/?format=csv", **{"If-None-Match": without_role["ETag"]})
    assert len({*tags, without_role["ETag"], with_role["ETag"]}) == 6
    assert "Last-Modified" not in with_role
    assert Membership.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_pieces_of_files_whose_length_is_known(demo, client, form):
    whole = get(client, f"services/?format={form}")
    content, tag = whole.getvalue(), whole["ETag"]

    def piece(asked, status=206, **headers):
        answer = get(client, f"services/?format={form}", status, Range=asked, **headers)
        return answer.getvalue(), answer.get("Content-Range"), answer["Content-Length"]

    length = len(content)
    assert (whole["Content-Length"], whole["Accept-Ranges"]) == (str(length), "bytes")
    assert piece("bytes=0-9") == (content[:10], f"bytes 0-9/{length}", "10")
    assert piece("bytes=100-") == (content[100:], f"bytes 100-{length - 1}/{length}", str(length - 100))
    assert piece("bytes=-7", **{"If-Range": tag}) == (content[-7:], f"bytes {length - 7}-{length - 1}/{length}", "7")
    assert piece("bytes=5-5", 200, **{"If-Range": '"older"'}) == (content, None, str(length))
    assert piece("lines=1-2", 200) == (content, None, str(length))
    refused = get(client, f"services/?format={form}", 416, Range=f"bytes={length}-")
    assert (refused.json()["code"], refused["Content-Range"]) == ("no-such-range", f"bytes */{length}")
    zipped = get(client, f"services/?format={form}", 206, Range="bytes=0-999", **{"Accept-Encoding": "gzip"})
    assert (zipped.getvalue(), zipped.get("Content-Encoding")) == (content[:1000], None)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", (0, 10)),
        ("bytes=-", (0, 10)),
        ("bytes=3-1", (0, 10)),
        ("bytes=0-1,4-5", (0, 10)),
        ("bytes=2-3", (2, 4)),
        ("bytes=8-99", (8, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=-0", (10, 10)),
        ("bytes=10-", (10, 10)),
    ],
)
def test_which_piece_is_asked_for(header, found):
    assert asked_piece(header, 10) == found


def test_files_without_a_length_are_whole_or_broken_off(demo, client, monkeypatch):
    answer = get(client, "quotes/?format=jsonl")
    assert ("Content-Length" in answer, answer["Accept-Ranges"]) == (False, "none")
    made = whole_rows.WholeRowShape.made

    def fails_later(self, values):
        if "q09" in values:
            raise ZeroDivisionError
        return made(self, values)

    monkeypatch.setattr(whole_rows.WholeRowShape, "made", fails_later)
    broken = iter(get(client, "quotes/?format=jsonl"))
    assert next(broken).startswith(b'{"id":"thompson-2023:q01"')
    with pytest.raises(ZeroDivisionError):
        list(broken)
    with pytest.raises(ZeroDivisionError):
        client.get("/api/v1/quotes/?format=jsonl", SERVER_PROTOCOL="HTTP/1.0")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_program_that_cannot_be_told_of_an_end_gets_a_length(demo, client, form):
    content = file(client, "quotes", form)
    answer = client.get(f"/api/v1/quotes/?format={form}", SERVER_PROTOCOL="HTTP/1.0")
    assert (answer.getvalue(), answer["Content-Length"]) == (content, str(len(content)))


@pytest.mark.parametrize("form", FORMATS)
def test_head_says_what_get_says(demo, client, form):
    all_told()
    answer = client.head(f"/api/v1/quotes/?format={form}")
    whole = client.get(f"/api/v1/quotes/?format={form}")
    whole.getvalue()
    names = ("Content-Type", "Content-Length", "Content-Disposition", "ETag", "Accept-Ranges")
    assert (answer.status_code, answer.getvalue()) == (200, b"")
    assert [answer.get(name) for name in names] == [whole.get(name) for name in names]


def test_parquet_needs_what_writes_it(demo, client, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    problem = get(client, "quotes/?format=parquet", 501).json()
    assert (problem["code"], problem["detail"]) == (
        "not-installed",
        "This site does not write Parquet, as pyarrow is not installed; take csv or jsonl, or ask whoever runs the "
        "site to install pyarrow.",
    )


def test_parquet_has_types(demo, client):
    schema = pq.read_schema(io.BytesIO(file(client, "cmocs", "parquet")))
    types = {name: str(schema.field(name).type) for name in ("id", "modified", "version", "review_asked_date")}
    assert types == {
        "id": "string",
        "modified": "timestamp[us, tz=UTC]",
        "version": "int64",
        "review_asked_date": "date32[day]",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("👍" * 16_384, "32,768 letters, and a cell of a workbook holds 32,767"),
        ("x\x0b", "a character that no workbook holds"),
    ],
)
def test_what_no_cell_of_a_workbook_holds_is_named_and_nothing_is_cut(db, client, text, said):
    quote = QuoteFactory(study=StudyFactory(slug="long"), key="q1")
    Quote.objects.filter(pk=quote.pk).update(text=text, shown_text=text)
    (error,) = get(client, "quotes/?format=xlsx", 400).json()["errors"]
    assert (error["parameter"], error["code"]) == ("format", "too-large")
    remedy = "take csv, jsonl or parquet, or leave it out with exclude=text"
    assert error["message"] == f"cannot be written: text of long:q1 has {said}; {remedy}"
    assert read_csv(file(client, "quotes", "csv"))[0]["text"] == text
    assert len(read_workbook(file(client, "quotes", "xlsx", "&exclude=text"))) == 1


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.django_db(transaction=True)
def test_a_file_is_of_one_state_whatever_others_write_meanwhile(client, form, monkeypatch):
    monkeypatch.setattr("programmes.api.files.LARGE_ENOUGH", 1)
    study = StudyFactory(slug="one")
    for number in range(30):
        EvidenceFactory(quote=QuoteFactory(study=study, key=f"q{number:02}"), cmoc__theory__study=study)

    def hide():
        try:
            Quote.objects.filter(key__gte="q10").update(visibility="private")
            Quote.objects.get(key="q29").evidence.all().delete()
        finally:
            connection.close()

    before = file(client, "quotes", form)
    parts = iter(get(client, "quotes/?format=" + form))
    read = [next(parts)]
    other = threading.Thread(target=hide)
    other.start()
    other.join()
    read += list(parts)
    assert b"".join(read) == before
    assert len(rows_of(client, "quotes")) == 10


@pytest.mark.once
def test_queries_of_a_file_do_not_grow_with_rows(db, client, monkeypatch):
    monkeypatch.setattr(whole_rows, "FIRST_PORTION", 2000)
    study = StudyFactory(slug="many")
    for rows in (1, 30):
        for _ in range(rows):
            EvidenceFactory(quote__study=study, cmoc__theory__study=study)
        with asks("telling, study, quote, editorialmark, evidence, memo"):
            file(client, "quotes", "jsonl", "&study=many")


def test_portions_shrink_where_much_is_nested(universe, client, monkeypatch):
    whole = file(client, "cmocs", "jsonl")
    monkeypatch.setattr(whole_rows, "MOST_IN_PORTION", 3)
    assert file(client, "cmocs", "jsonl") == whole


def test_parts_leave_together_but_the_first_at_once(monkeypatch):
    monkeypatch.setattr("programmes.api.files.LARGE_ENOUGH", 3)
    assert list(gathered([b"ab", b"c", b"d", b"ef", b"g"])) == [b"ab", b"cdef", b"g"]


def test_words_of_statements_are_safe():
    assert literal("it's 50%") == "'it''s 50%%'"


def test_every_list_is_named_at_the_root_and_in_the_document(client):
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    assert {*LISTS, "changes"} == {*get(client, "").json()}
    assert "services.deliveries" in page


def test_file_that_is_no_longer_as_somebody_has_it_is_refused(demo, client):
    answer = client.get("/api/v1/quotes/?format=csv", headers={"If-Match": '"another"'})
    assert (answer.status_code, answer.json()["title"]) == (412, "Precondition Failed")


def test_truths_and_lists_in_a_cell():
    assert [cell_text(value) for value in (True, False, "a", ["b", "c"])] == ["true", "false", "a", "b\nc"]


def test_list_that_nobody_told_stays_none(db):
    shape = WholeRowShape(RESOURCES["cmocs"].serializer_class().fields["reviews"].child, AnonymousUser(), "")
    values = [None] * (1 + len(shape.asked))
    assert shape.changes
    assert set(shape.made(values).values()) == {None}


def ids_of(answer):
    return [json.loads(line)["id"] for line in answer.getvalue().decode().splitlines()]


def test_whole_list_from_its_end(demo, client):
    forwards = ids_of(client.get("/api/v1/quotes/?format=jsonl&fields=id"))
    assert ids_of(client.get("/api/v1/quotes/?format=jsonl&fields=id&ordering=-id")) == forwards[::-1]
    assert len(forwards) > 1


def test_list_of_nothing(db, client):
    assert client.get("/api/v1/quotes/?format=csv&fields=id").getvalue() == b"id\n"
    assert client.get("/api/v1/quotes/?format=jsonl").getvalue() == b""
