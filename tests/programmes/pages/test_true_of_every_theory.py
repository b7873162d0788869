"""No page of any theory says something about what is not there: every page that a visitor reaches is read.

What is looked for is the kind of sentence that is untrue of some theory: counts of nothing, tables without rows, labels
and separators with nothing behind them, menus without a choice, legends of what is not drawn.
"""

import re
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.test import Client

SEPARATOR = re.compile(r"(^\s*[·,;]|[·,;(]\s*$|·\s*·|\(\s*\)|\b0 of 0\b)")
# What is drawn where a sign of a legend is explained, by the end of its class.
EXPLAINS = {
    "pill": ("quoted",),
    "pill-stated": ("stated",),
    "pill-ripple": ("ripple",),
    "dotted": ("countered", "undone"),
}
BLOCKS = ("p", "li", "dd", "dt", "th", "td", "h1", "h2", "h3", "figcaption", "caption", "summary")


def pages_reached(client, starts):
    """Yield every page that links lead to, once for each address; of the same page under other choices only a few."""
    waiting, known = list(starts), set(starts)
    variants: dict[str, int] = {}
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        document = lxml.html.fromstring(answer.content.decode())
        yield address, document
        for link in document.xpath("//a/@href"):
            path = urlsplit(urljoin(address, link))
            target = f"{path.path}?{path.query}" if path.query else path.path
            outside = path.netloc or path.path.startswith(("/admin/", "/api/", "/static/"))
            if outside or target in known:
                continue
            if path.query:
                variants[path.path] = variants.get(path.path, 0) + 1
                if variants[path.path] > 3:
                    continue
            known.add(target)
            waiting.append(target)


def text_of(element):
    return " ".join(element.text_content().split())


def own_text(element):
    """Return the text of a block without that of blocks inside it."""
    pieces = [element.text or ""]
    for child in element:
        inner = "" if child.tag in (*BLOCKS, "ul", "ol", "dl", "table") else child.text_content()
        pieces += [inner, child.tail or ""]
    return " ".join("".join(pieces).split())


def hanging_words(document):
    """Yield separators and labels with nothing behind them, and empty paragraphs."""
    for block in (found for part in document.xpath("//main | //footer") for found in part.iter(*BLOCKS)):
        words = own_text(block)
        printed = block.xpath(
            "ancestor-or-self::*[contains(@class, 'as-printed')] | ancestor::blockquote | .//*[@class='as-printed']"
        )
        if not printed and SEPARATOR.search(words):
            yield f"hanging: {words[:80]!r}"
        follows = block.getnext()
        lists = [*block, *([follows] if follows is not None else [])]
        if words.endswith(":") and not any(child.tag in ("ul", "ol", "dl", "p", "table", "div") for child in lists):
            yield f"label without anything: {words[:80]!r}"
        if block.tag in ("dd", "h1", "h2", "h3", "p") and not text_of(block) and not block.xpath(".//img | .//input"):
            yield f"empty <{block.tag}> in {text_of(block.getparent())[:60]!r}"


def empty_columns(table):
    """Yield the heads of columns in which nothing stands; in a matrix that says that nobody was heard."""
    heads = [] if "matrix" in (table.get("class") or "") else table.xpath("./thead/tr[1]/*")
    for position, head in enumerate(heads):
        cells = [row[position] for row in table.xpath("./tbody/tr") if len(row) > position]
        if cells and not any(text_of(cell) or len(cell) for cell in cells):
            yield f"column without anything: {text_of(head)!r}"


def empty_wholes(document):
    """Yield tables without rows or with empty columns, menus without a choice and lists without entries."""
    for table in document.xpath("//table[thead]"):
        yield from empty_columns(table)
        if not table.xpath("./tbody/tr[not(td[@colspan])]") and not document.xpath("//form//option[@selected]"):
            yield f"table without rows: {text_of(table)[:80]!r}"
    yield from (
        f"menu without a choice: {menu.get('name')}"
        for menu in document.xpath("//main//select[option][not(option[@value!=''])]")
    )
    yield from (
        f"list without anything: {text_of(entry.getparent())[:60]!r}"
        for entry in document.xpath("//main//ul[not(*)] | //main//ol[not(*)] | //main//dl[not(*)]")
    )


def wrong_legends(document):
    """Yield what a legend explains and the picture does not show, and the reverse."""
    legends = document.xpath("//*[contains(@class, 'web-legend')]")
    drawn = {element.get("class").split()[-1] for element in document.xpath("//svg//*[@class]")}
    explained = {sign.get("class").split()[-1] for legend in legends for sign in legend.xpath("./li/span[1]")}
    for kind in explained & set(EXPLAINS):
        if not any(drawing in name for name in drawn for drawing in EXPLAINS[kind]):
            yield f"legend of what is not drawn: {kind}"
    for kind, sign in (("quoted", "pill"), ("stated", "pill-stated"), ("ripple", "pill-ripple")):
        if legends and f"web-{kind}" in drawn and sign not in explained:
            yield f"drawn and not explained: {kind}"


def phrases(document):
    return [*hanging_words(document), *empty_wholes(document), *wrong_legends(document)]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<main><p>the study · </p></main>", ["hanging: 'the study ·'"]),
        ("<main><p>Ethics ()</p></main>", ["hanging: 'Ethics ()'"]),
        ("<main><p>0 of 0 quotes</p></main>", ["hanging: '0 of 0 quotes'"]),
        ("<footer><p>Source:</p></footer>", ["label without anything: 'Source:'"]),
        ("<main><p></p></main>", ["empty <p> in ''"]),
        ("<main><table><thead><tr><th>A</th></tr></thead><tbody></tbody></table></main>", ["table without rows: 'A'"]),
        (
            "<main><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><th>1</th><td></td></tr></tbody>"
            "</table></main>",
            ["column without anything: 'B'"],
        ),
        (
            "<main><select name='sector'><option value=''>Any</option></select></main>",
            ["menu without a choice: sector"],
        ),
        ("<main><ul></ul></main>", ["list without anything: ''"]),
        (
            "<main><ul class='web-legend'><li><span class='pill'>04</span> quoted</li></ul></main>",
            ["legend of what is not drawn: pill"],
        ),
        (
            "<main><svg><a class='web-pill web-quoted'/></svg><ul class='web-legend'><li>Labels</li></ul></main>",
            ["drawn and not explained: quoted"],
        ),
        ("<main><p>Services: 04</p><p class='as-printed'>and then,</p></main>", []),
    ],
)
def test_phrase_about_nothing_is_found(page, said):
    assert phrases(lxml.html.fromstring(f"<html><body>{page}</body></html>")) == said


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("theories", ["universe", "demo"])
def test_no_page_speaks_of_what_is_not_there(request, theories):
    request.getfixturevalue(theories)
    pages = 0
    found = []
    for address, document in pages_reached(Client(), ["/"]):
        pages += 1
        found += [f"{address}: {phrase}" for phrase in phrases(document)]

    assert pages > 100
    assert not found, "\n".join(found)
