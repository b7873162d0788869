"""Templates as they are served: the direction and the lines of what people wrote, and marks that nobody sees."""

import re

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from programmes.characters import UNSEEN_MARKS
from realist.middleware import ShowUnseenMarks, with_marks_shown
from realist.templates import with_directions
from tests import factories as make

ARABIC = "عندما يلتقي الطفل peer support بشخص مثله"


@pytest.mark.parametrize(
    ("source", "served"),
    [
        (
            "<p>{{ row.statement }}</p>",
            '<p dir="auto"><span class="lines"{% whose row.statement %}>{{ row.statement }}</span></p>',
        ),
        (
            '<h1 class="x">{{ theory.title }}</h1>',
            '<h1 class="x" dir="auto"{% whose theory.title %}>{{ theory.title }}</h1>',
        ),
        ("<h1>CMOC 1: {{ cmoc.title }}</h1>", "<h1>CMOC 1: <bdi{% whose cmoc.title %}>{{ cmoc.title }}</bdi></h1>"),
        ("<p>Why: {{ row.reason }}</p>", '<p>Why: <bdi class="lines"{% whose row.reason %}>{{ row.reason }}</bdi></p>'),
        (
            "<p>{{ title }} ({{ locator }})</p>",
            "<p><bdi{% whose title %}>{{ title }}</bdi> (<bdi{% whose locator %}>{{ locator }}</bdi>)</p>",
        ),
        ("<p>{{ title }}<b>x</b></p>", "<p><bdi{% whose title %}>{{ title }}</bdi><b>x</b></p>"),
        ("<p>{{ note }} x</p>", '<p dir="auto"><span class="lines"{% whose note %}>{{ note }}</span> x</p>'),
        ('<p dir="ltr">{{ row.title }}</p>', '<p dir="ltr"{% whose row.title %}>{{ row.title }}</p>'),
        ("<li><b>x</b> {{ a.label }}</li>", "<li><b>x</b> <bdi{% whose a.label %}>{{ a.label }}</bdi></li>"),
        ("<ul><li>{{ a.label }}</ul>", '<ul><li dir="auto"{% whose a.label %}>{{ a.label }}</ul>'),
        ("<li><br>{{ a.label }}</li>", '<li dir="auto"{% whose a.label %}><br>{{ a.label }}</li>'),
        (
            "<li>{% if a %}{{ a.label }}{% endif %}</li>",
            '<li dir="auto">{% if a %}<span{% whose a.label %}>{{ a.label }}</span>{% endif %}</li>',
        ),
        (
            "<li>{% term 'x' %} {{ a.label }}</li>",
            "<li>{% term 'x' %} <bdi{% whose a.label %}>{{ a.label }}</bdi></li>",
        ),
        ("<li><p>{{ a.label }}</li>", '<li><p dir="auto"{% whose a.label %}>{{ a.label }}</li>'),
        (
            "<div>{{ memo.text|linebreaks }}</div>",
            '<div dir="auto"{% whose memo.text %}>{{ memo.text|linebreaks }}</div>',
        ),
        (
            '<a href="{% url "a" a.label %}" title="{{ a.label }}">{{ a.label|default:"x" }}</a>',
            '<a href="{% url "a" a.label %}" title="{{ a.label }}" dir="auto"{% whose a.label %}>'
            '{{ a.label|default:"x" }}</a>',
        ),
        (
            "<li>{% for piece in pieces %}<ins>{{ piece.text }}</ins>{{ piece.text }}{% endfor %}</li>",
            '<li dir="auto">{% for piece in pieces %}<ins{% whose piece.text %}>{{ piece.text }}</ins>'
            "{{ piece.text }}{% endfor %}</li>",
        ),
        *(
            (source, source)
            for source in (
                "{% block title %}{{ theory.title }}{% endblock %}",
                "<title>{{ theory.title }}</title>",
                "<textarea>{{ row.text }}</textarea>",
                "<svg><text><tspan>{{ line.text }}</tspan></text></svg>",
                "<p>{{ cmoc.number }} {{ row.texts }} {{ row.text|length }} {{ slot.label }} {{ 3 }}</p>",
                "<!-- <p>{{ row.text }}</p> -->",
                "<p>{% blocktranslate %}Add {{ name }}{% endblocktranslate %}</p>",
                "</p>{# {{ row.text }} #}",
            )
        ),
    ],
)
def test_texts_get_their_direction_and_nothing_else_does(source, served):
    assert with_directions(source) == served


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>a\u202eb</p>", "<p>a{}b</p>"),
        ("<title>\u202e</title><textarea>\u202e</textarea><script>\u202e</script>", None),
        ('<p title="\u202e>">a</p><option>\u202e</option><!-- \u202e -->', None),
        (
            "<svg><text>\u202ea</text></svg><p>\u202e</p>",
            '<svg><text><tspan class="unseen-mark">[RLO]</tspan>a</text></svg><p>{}</p>',
        ),
    ],
)
def test_unseen_marks_are_shown_where_words_are(page, shown):
    mark = (
        '<bdi class="unseen-mark" role="img" aria-label="right-to-left override" title="right-to-left override" '
        'data-mark="RLO">\u202e</bdi>'
    )
    assert with_marks_shown(page) == (page if shown is None else shown.format(mark))


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "text/html; charset=utf-8"])
def test_only_pages_show_marks(rf, kind):
    answer = HttpResponse("<p>\u2066</p>", content_type=kind)
    shown = ShowUnseenMarks(lambda _: answer)(rf.get("/")).content.decode()
    assert ('data-mark="LRI"' in shown) == kind.startswith("text/html")


def test_page_of_a_cmoc_shows_text_as_it_was_printed(db, client):
    statement = f"{ARABIC}\n\n  • one\n  • two \u202egnp.exe\u202c"
    cmoc = make.CMOCFactory(title=ARABIC, statement=statement)
    page = client.get(cmoc.get_absolute_url()).content.decode()
    words = re.search(r'<p class="lines" data-words="authors" dir="auto">(.*?)</p>', page, re.DOTALL)[1]
    assert re.sub(r"<[^>]+>", "", words) == statement
    assert re.findall(r'data-mark="(\w+)"', words) == ["RLO", "PDF"]
    assert f'<bdi data-words="authors">{ARABIC}</bdi> <span class="number">CMOC' in page
    assert set(re.findall("[\u202a-\u202e]", page)) <= set(UNSEEN_MARKS)


def test_fields_of_forms_have_a_direction(db, client):
    client.force_login(User.objects.create_superuser("root"))
    cmoc = make.CMOCFactory(title="one\ntwo", statement=f"\n{ARABIC}")
    page = client.get(reverse("admin:programmes_cmoc_change", args=[cmoc.pk])).content.decode()
    assert re.search(r'<textarea name="title"[^>]*dir="auto"[^>]*>\s*one\ntwo</textarea>', page)
    assert re.search(rf'<textarea name="statement"[^>]*dir="auto"[^>]*>\n\n{ARABIC}</textarea>', page)
