"""Citations of works with awkward names and titles, in each style and read back by other libraries."""

import json

import pytest
import rispy
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from programmes.formats.citations import CITATION_FORMATS, STYLES, CitedWork, in_style
from programmes.models.names import person_name


def article(*authors, title="A title", **fields):
    """Return an article with these authors: organisations as texts, persons as given names, family name and suffix."""
    names = tuple(author if isinstance(author, str) else person_name(*author) for author in authors)
    return CitedWork("k", "article-journal", title, names, **{"container": "J", "published": "2021", **fields})


# Awkward authors, as the three styles write them.
NAMES = {
    "nobody": ((), "A title. (2021). J.", "A title (2021) J.", "A title. J. 2021."),
    "organisation with comma and and": (
        ("World Health Organization, Regional Office and Friends",),
        "World Health Organization, Regional Office and Friends. (2021). A title. J.",
        "World Health Organization, Regional Office and Friends (2021) ‘A title’, J.",
        "World Health Organization, Regional Office and Friends. A title. J. 2021.",
    ),
    "suffix": (
        (("M. L.", "King", "Jr."), ("Jan", "Berg", "")),
        "King, M. L., Jr., & Berg, J. (2021). A title. J.",
        "King, M.L., Jr. and Berg, J. (2021) ‘A title’, J.",
        "King ML Jr, Berg J. A title. J. 2021.",
    ),
    "suffix behind given names": (
        (("Martin Luther, Jr.", "King", ""),),
        "King, M. L., Jr. (2021). A title. J.",
        "King, M.L., Jr. (2021) ‘A title’, J.",
        "King ML Jr. A title. J. 2021.",
    ),
    "particles": (
        (("Jan", "van der Berg", ""), ("Ana", "de la Cruz", "")),
        "van der Berg, J., & de la Cruz, A. (2021). A title. J.",
        "van der Berg, J. and de la Cruz, A. (2021) ‘A title’, J.",
        "van der Berg J, de la Cruz A. A title. J. 2021.",
    ),
    "two family names": (
        (("José M.", "Núñez y Ortega", ""),),
        "Núñez y Ortega, J. M. (2021). A title. J.",
        "Núñez y Ortega, J.M. (2021) ‘A title’, J.",
        "Núñez y Ortega JM. A title. J. 2021.",
    ),
    "one name": (
        (("", "Suharto", ""), ("", "Ba Jin", "")),
        "Suharto, & Ba Jin. (2021). A title. J.",
        "Suharto and Ba Jin (2021) ‘A title’, J.",
        "Suharto, Ba Jin. A title. J. 2021.",
    ),
    "one name with a suffix": (
        (("", "Suharto", "III"),),
        "Suharto, III. (2021). A title. J.",
        "Suharto, III (2021) ‘A title’, J.",
        "Suharto III. A title. J. 2021.",
    ),
    "hyphen": (
        (("Jean-Paul", "Sartre", ""),),
        "Sartre, J.-P. (2021). A title. J.",
        "Sartre, J.-P. (2021) ‘A title’, J.",
        "Sartre JP. A title. J. 2021.",
    ),
    "scripts without initials": (
        (("小明", "王", ""), ("محمد", "الحسن", "")),
        "王小明, & محمد الحسن. (2021). A title. J.",
        "王小明 and محمد الحسن (2021) ‘A title’, J.",
        "王小明, محمد الحسن. A title. J. 2021.",
    ),
    "apostrophe": (
        (("Thomas", "d'Arcy", ""), ("Gerard", "'t Hooft", "")),
        "d'Arcy, T., & 't Hooft, G. (2021). A title. J.",
        "d'Arcy, T. and 't Hooft, G. (2021) ‘A title’, J.",
        "d'Arcy T, 't Hooft G. A title. J. 2021.",
    ),
    "ampersand": (
        ("Smith & Co_100%",),
        "Smith & Co_100%. (2021). A title. J.",
        "Smith & Co_100% (2021) ‘A title’, J.",
        "Smith & Co_100%. A title. J. 2021.",
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_in_styles(case):
    authors, *texts = NAMES[case]
    assert [in_style(article(*authors), style) for style in STYLES] == texts


def name_in_bibtex(person):
    """Return the name of a person as another library reads it: given names, family name, suffix."""
    parts = (
        [*person.first_names, *person.middle_names],
        [*person.prelast_names, *person.last_names],
        person.lineage_names,
    )
    return tuple(LatexNodes2Text().latex_to_text(" ".join(part)) for part in parts)


@pytest.mark.parametrize("case", NAMES)
def test_names_are_read_back(case):
    authors, *_ = NAMES[case]
    work = article(*authors)
    (entry,) = parse_string(CITATION_FORMATS["bib"].write([work]).decode(), "bibtex").entries.values()
    (row,) = rispy.loads(CITATION_FORMATS["ris"].write([work]).decode())
    (item,) = json.loads(CITATION_FORMATS["json"].write([work]))

    expected = [
        ("", name, "") if isinstance(name, str) else (name.given, name.family, name.suffix) for name in work.authors
    ]
    assert [name_in_bibtex(person) for person in entry.persons.get("author", [])] == expected
    assert [
        ("", author["literal"], "")
        if "literal" in author
        else (author.get("given", ""), author["family"], author.get("suffix", ""))
        for author in item.get("author", [])
    ] == expected
    for (given, family, suffix), read in zip(expected, row.get("authors", []), strict=True):
        # In RIS commas part the names of a person, and one at the end says that a name is whole.
        assert [part.strip() for part in read.rstrip(",").split(",")] == (
            [family, given, suffix]
            if suffix and given
            else [family, given]
            if given
            else [f"{family} {suffix}".strip().replace(",", ";")]
        )
        assert given or read.endswith(",") == (" " in read)


# Awkward titles, and what is left of them where there are no italics.
TITLES = {
    "Costs of $5 & 100% of <i>E. coli</i> in {NHS} trusts, part_2 #1": (
        "Costs of $5 & 100% of E. coli in {NHS} trusts, part_2 #1"
    ),
    "<i>In <sub>vivo</sub></i>, <b>then</b> x<sup>2</sup>": "In vivo, then x2",
    "When A, then B: “why?”": "",
    "It works.": "",
    "Who asks?": "",
    "An odd } and { brace": "",
    r"A \backslash, a ~ and a ^": "",
    "Less than < 5 and > 3, <i>never closed": "",
    "Ranges -- and ``quotes'' and it's \"so\"": "",
    "同伴支持如何起作用": "",
    "كيف يعمل الدعم؟": "",
    "NHS trusts 2021Mar14 and McDonald": "",
    "p. 18, and others": "",
    "word " * 99 + "words": "",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_are_read_back(title):
    work = article(("Jan", "Berg", ""), title=title)
    (entry,) = parse_string(CITATION_FORMATS["bib"].write([work]).decode(), "bibtex").entries.values()
    (row,) = rispy.loads(CITATION_FORMATS["ris"].write([work]).decode())
    (item,) = json.loads(CITATION_FORMATS["json"].write([work]))

    assert item["title"] == title
    assert row["title"] == (TITLES[title] or title)
    read = LatexNodes2Text().latex_to_text(entry.fields["title"])
    assert "".join(read.replace("\u02c6", "^").split()) == "".join(row["title"].split())


@pytest.mark.parametrize(
    ("title", "texts"),
    [
        (
            "Who asks?",
            ["Berg, J. (2021). Who asks? J.", "Berg, J. (2021) ‘Who asks?’, J.", "Berg J. Who asks? J. 2021."],
        ),
        (
            "A “why?”",
            ["Berg, J. (2021). A “why?” J.", "Berg, J. (2021) ‘A “why?”’, J.", "Berg J. A “why?” J. 2021."],
        ),
        (
            "<i>E. coli</i> 2021Mar14",
            [
                "Berg, J. (2021). E. coli 2021Mar14. J.",
                "Berg, J. (2021) ‘E. coli 2021Mar14’, J.",
                "Berg J. E. coli 2021Mar14. J. 2021.",
            ],
        ),
    ],
)
def test_titles_in_styles(title, texts):
    assert [in_style(article(("Jan", "Berg", ""), title=title), style) for style in STYLES] == texts
