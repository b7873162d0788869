import io
import zipfile

import pytest

from tools import crawl

PAGE = """<a href="/theories/a/?q=x#top">A</a><a href="https://elsewhere.example/">B</a><a href="../b/">C</a>
<a href="/static/site.css">D</a><form action="/search/"><input type="hidden" name="of" value="1">
<input type="search" name="q"><select name="kind"><option value="">All</option><option value="x">X</option>
<option value="y">Y</option></select></form><form method="post"><input name="secret"></form>"""


def docx(text, day):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(zipfile.ZipInfo("word/document.xml", (2026, 1, day, 0, 0, 0)), text)
    return file.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("kind", "one", "same", "other"),
    [
        (
            "text/html",
            b'<input name="csrfmiddlewaretoken" value="a1"><p>x',
            b'<input name="csrfmiddlewaretoken" value="b2"><p>x',
            b'<input name="csrfmiddlewaretoken" value="b2"><p>y',
        ),
        ("application/json", b'{"a":1}', b'{"a": 1}', b'{"a": 2}'),
        ("application/problem+json", b"[1]", b"[1 ]", b"no JSON"),
        (WORD, docx("x", 1), docx("x", 2), docx("y", 1)),
        ("application/pdf", b"/CreationDate (D:1) x", b"/CreationDate (D:2) x", b"/CreationDate (D:1) y"),
        ("image/png", b"\x89", b"\x89", b"\x88"),
        ("text/csv", b"a,b", b"a,b", b"a,c"),
    ],
)
def test_only_what_varies_by_itself_is_made_the_same(kind, one, same, other):
    assert crawl.normalised(kind, one) == crawl.normalised(kind, same)
    assert crawl.normalised(kind, one) != crawl.normalised(kind, other)


def test_links_are_those_of_the_site_and_what_its_forms_ask():
    assert list(crawl.links_in("/studies/a/", "text/html", PAGE)) == [
        "/theories/a/?q=x",
        "/studies/b/",
        "/search/?of=1&q=children",
        "/search/?of=1&kind=x",
        "/search/?of=1&kind=y",
    ]
    assert list(crawl.links_in("/", "application/json", '{"url": "http://testserver/api/v1/cmocs/a:1/"}')) == [
        "/api/v1/cmocs/a:1/"
    ]
    assert list(crawl.links_in("/", "text/csv", "http://testserver/")) == []


def test_choice_is_bounded_and_fair_to_every_theory():
    choice = crawl.Choice()
    for theory in "ab":
        for number in range(1, 31):
            choice.offer(f"/theories/{theory}/cmocs/{number}/")
            choice.offer(f"/theories/{theory}/?q={number}")

    assert sorted(choice.next_round(), key=crawl.in_order) == [
        "/theories/a/?q=1",
        *(f"/theories/a/cmocs/{number}/" for number in range(1, 6)),
        "/theories/b/?q=1",
        *(f"/theories/b/cmocs/{number}/" for number in range(1, 5)),
    ]
    assert choice.next_round() == []


def recording(folder, **answers):
    made = crawl.Recording(folder)
    for name, (status, body, queries) in answers.items():
        made.answers["nobody"][f"/{name}/"] = {"status": status, "headers": {}, "body": made.keep(body)}
        made.queries["nobody"][f"/{name}/"] = queries
    made.write()
    return folder


def test_comparison_says_what_is_another(tmp_path, capsys):
    before = recording(tmp_path / "before", a=(200, "x\ny", 1), b=(200, "x\ny", 2), c=(200, "same", 3), d=(200, "d", 4))
    after = recording(tmp_path / "after", a=(200, "x\nz", 1), b=(200, "x\nz", 1), c=(404, "same", 3), e=(200, "e", 4))

    assert crawl.main(["compare", str(before), str(after)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "added: 1",
        "  nobody /e/",
        "changed: 2",
        "  nobody /a/",
        "  nobody /b/",
        "     x",
        "    -y",
        "    +z",
        "changed: 1",
        "  nobody /c/",
        "    status 200 → 404",
        "removed: 1",
        "  nobody /d/",
        "5 answers: 1 added, 1 removed, 3 changed",
    ]
    assert crawl.main(["compare", "--queries", str(before), str(after)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "2 → 1  nobody /b/",
        "1 answers ask another number of queries: 0 more, 1 fewer",
    ]


def test_comparison_of_equal_recordings_is_quiet(tmp_path, capsys):
    before, after = (recording(tmp_path / name, a=(200, "x", 1)) for name in ("before", "after"))

    assert crawl.main(["compare", str(before), str(after)]) == 0
    assert crawl.main(["compare", "--queries", str(before), str(after)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 answers: 0 added, 0 removed, 0 changed",
        "0 answers ask another number of queries: 0 more, 0 fewer",
    ]
