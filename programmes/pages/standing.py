"""From where a reader stands: the setting that they chose once, which stays in the address of every page after.

The parameter `setting` of any page holds it: the address of a theory, then what was chosen, such as
`thompson-2023,sector=school,who=young-person`. Nothing is kept of it anywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from programmes.models import DeliveryMode, Outcome, Population, Sector, Theory
from programmes.pages.base import FilterChoice, filter_choice, filter_data, takes
from programmes.pages.own_setting import NAMES, read_from_a_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person

SETTING = re.compile(rf"([-\w]{{1,200}})((?:,(?:{'|'.join(NAMES)})=[-\w]{{1,200}}){{1,{len(NAMES)}}})", re.ASCII)
PAGES = re.compile(r'(href=")((?:/(?!admin/|api/|static/)[^"#?]*/|/)?)(\?[^"#]*)?(#[^"]*)?"')
FORMS = re.compile(r'<form\b(?![^>]*method="post")[^>]*>')
MOST_LABELS = 100  # of one choice on the front door
OF_STUDY: dict[str, Any] = {"sector": Sector, "who": Population}
QUESTIONS = {"sector": "any kind of service", "who": "anybody", "outcome": "any result"}


@dataclass(frozen=True)
class Standing:
    """The setting from which a reader looks at the pages."""

    theory: str
    chosen: Mapping[str, str]
    user: Person

    @property
    def parameter(self) -> str:
        """Return it as it stands in an address."""
        return ",".join([self.theory, *(f"{name}={key}" for name, key in self.chosen.items())])

    @property
    def address(self) -> str:
        """Return the address of the theory as it is read from this setting."""
        return f"{reverse('setting', args=[self.theory])}?{urlencode(dict(self.chosen))}"

    @cached_property
    def labels(self) -> list[str]:
        """Return what was chosen in words; none where the theory or the words are not there for the reader."""
        theory = Theory.objects.visible_to(self.user).filter(slug=self.theory).first()
        if theory is None:
            return []
        models: dict[str, Any] = {"sector": Sector, "delivery": DeliveryMode, "who": Population, "outcome": Outcome}
        found = []
        for name, key in self.chosen.items():
            of = {"theory": theory} if name == "outcome" else {"study": theory.study_id}
            rows = models[name].objects.visible_to(self.user)
            found += list(rows.filter(key=key, **of).values_list("label", flat=True))
        return found


def standing_of(request: HttpRequest) -> Standing | None:
    """Return from where the reader stands, if the address says so, or if this is the page that tells it."""
    match = request.resolver_match
    if match and match.url_name == "setting":
        chosen = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
        written = ",".join([match.kwargs["slug"], *(f"{name}={key}" for name, key in chosen.items())])
    else:
        written = request.GET.get("setting", "")
    found = SETTING.fullmatch(written)
    if not found:
        return None
    return Standing(found[1], dict(pair.split("=", 1) for pair in found[2][1:].split(",")), request.user)


def where_the_reader_stands(request: HttpRequest) -> dict[str, Any]:
    """Give every template the setting from which the reader looks at it."""
    return {"standing": SimpleLazyObject(lambda: standing_of(request))}


class KeepSetting:
    """Keep the reader's setting in the address of every page that a page leads to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page that is not read from a setting, as nearly all are, is left alone."""
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and not request.path.startswith(("/admin/", "/desk/")) and (kept := standing_of(request)):
            response.content = with_setting(response.content.decode(), kept)
        return response


def with_setting(page: str, kept: Standing) -> str:
    """Return a page whose links and forms carry a setting on; files and addresses of parts of the page stay."""
    value = quote(kept.parameter, safe=",=")
    own = reverse("setting", args=[kept.theory])

    def on(link: re.Match[str]) -> str:
        start, path, query, anchor = link.group(1), link.group(2), link.group(3) or "", link.group(4) or ""
        if path == own or "setting=" in query or not (path or query):
            return link.group(0)
        return f'{start}{path}{query}{"&amp;" if query else "?"}setting={value}{anchor}"'

    hidden = f'<input type="hidden" name="setting" value="{kept.parameter}">'

    def in_form(form: re.Match[str]) -> str:
        return form.group(0) if f'action="{own}"' in form.group(0) else form.group(0) + hidden

    return FORMS.sub(in_form, PAGES.sub(on, page))


@dataclass(frozen=True)
class TheoryFound:
    """A theory that knows of what a reader chose, and where it tells so."""

    theory: Theory
    known: list[str]
    unknown: list[str]
    address: str


@dataclass(frozen=True)
class FrontDoor:
    choices: list[FilterChoice]
    found: list[TheoryFound]
    asked: bool


def choices_at_front_door(request: HttpRequest) -> list[FilterChoice]:
    """Return what a reader can say of themselves in one sentence: words of all studies and theories."""
    user = request.user
    data = filter_data(request, QUESTIONS)
    models: dict[str, Any] = {**OF_STUDY, "outcome": Outcome}
    found = []
    for name, model in models.items():
        labels = model.objects.visible_to(user).order_by("label").values_list("label", flat=True).distinct()
        found.append(filter_choice(data, name, QUESTIONS[name], [(label, label) for label in labels[:MOST_LABELS]]))
    return [choice for choice in found if choice.options]


def theories_for(chosen: Mapping[str, str], user: Person) -> list[TheoryFound]:
    """Return the theories whose own words are among those chosen, those that know most of them first."""
    known: dict[int, dict[str, str]] = {}
    theories = Theory.objects.visible_to(user)
    for name, model in OF_STUDY.items():
        rows = model.objects.visible_to(user)
        keys = dict(rows.filter(label=chosen[name]).values_list("study", "key")) if name in chosen else {}
        for theory, study in theories.filter(study__in=keys).values_list("pk", "study"):
            known.setdefault(theory, {})[name] = keys[study]
    if "outcome" in chosen:
        outcomes = Outcome.objects.visible_to(user).filter(label=chosen["outcome"])
        for theory, key in outcomes.values_list("theory", "key"):
            known.setdefault(theory, {})["outcome"] = key
    rows = list(theories.filter(pk__in=known).select_related("study").order_by("title", "pk"))
    readable = read_from_a_setting(rows, user)
    return [
        TheoryFound(
            theory,
            [label for name, label in chosen.items() if name in known[theory.pk]],
            [label for name, label in chosen.items() if name not in known[theory.pk]],
            address_of(theory, known[theory.pk], readable=theory.pk in readable),
        )
        for theory in sorted(rows, key=lambda theory: -len(known[theory.pk]))
    ]


def address_of(theory: Theory, keys: Mapping[str, str], *, readable: bool) -> str:
    """Return where a theory answers: as read from the setting, or else its claims that lead to the result."""
    if readable:
        return f"{reverse('setting', args=[theory.slug])}?{urlencode(keys)}"
    return theory.get_absolute_url() + (f"?{urlencode({'outcome': keys['outcome']})}" if "outcome" in keys else "")


@takes(*QUESTIONS)
def front_door(request: HttpRequest) -> HttpResponse:
    """Lead a reader to the theory that speaks of a setting like theirs; where several do, name them."""
    data = filter_data(request, QUESTIONS)
    chosen = {name: str(data[name]) for name in data}
    found = theories_for(chosen, request.user) if chosen else []
    if len(found) == 1:
        return redirect(found[0].address)
    page = FrontDoor(choices_at_front_door(request), found, bool(chosen))
    return render(request, "programmes/front_door.html", {"page": page})
