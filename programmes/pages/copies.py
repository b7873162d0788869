"""For whom a file is: for everybody who reads the theory, or for the team whose work it is."""

from __future__ import annotations

import io
from copy import copy as shallow_copy
from dataclasses import dataclass
from functools import wraps
from typing import IO, TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from programmes.models import CuratedModel
from programmes.models.quote_masks import words_read
from programmes.pages.base import attachment, get_theory, refuse_unknown_parameters
from programmes.search.did_you_mean import suggestion
from programmes.vocabulary import TeamRole, Visibility

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest

    from programmes.integrity.access import AccessQuerySet, Person
    from programmes.models import Quote, Study, Theory

Record = TypeVar("Record", bound=CuratedModel)

TEAM, READERS = "team", "readers"
COPIES = {READERS: "what everybody reads", TEAM: "what the team reads"}
NOTICE = "The team’s copy: not for others"


class UnknownCopyError(ValueError):
    """An address asks for a copy that there is none of."""


@dataclass(frozen=True)
class FileCopy:
    """What may stand in a file, and whose it is.

    Readers get what everybody reads, or would read if theory and study were public; so somebody of the team can hand
    the file on. The team's copy has besides what the field table gives to this person's role.
    """

    user: Person
    own_role: TeamRole | None  # in the team's copy, of whoever asks for it

    @property
    def of_team(self) -> bool:
        """Say whether it is the team's copy."""
        return self.own_role is not None

    @property
    def notice(self) -> str:
        """Return what stands on every page of it."""
        return NOTICE if self.of_team else ""

    def rows(self, model: type[Record]) -> AccessQuerySet[Record]:
        """Return the rows of a model that may stand in it."""
        found: AccessQuerySet[Any] = model.objects.visible_to(self.user)
        return found if self.of_team else found.filter(model.access.public_if)

    def words(self, quote: Quote, name: str = "text") -> str:
        """Return the words of a quote: beneath its masks for the team alone."""
        return words_read(quote, self.user if self.of_team else None, name)

    def allows(self, role: TeamRole | None) -> bool:
        """Say whether something may stand in it that takes at least a role to read."""
        return role is None or (self.own_role is not None and self.own_role in TeamRole.at_least(role))

    def name(self, slug: str, what: str, form: str) -> str:
        """Return the name of the file."""
        return "-".join(filter(None, (slug, what, TEAM if self.of_team else ""))) + f".{form}"


def role_of(user: Person, study: Study) -> TeamRole | None:
    """Return somebody's role in the team of a study, if they are in it; those who run the site do all of a lead's."""
    if not user.is_authenticated or not user.is_active:
        return None
    if getattr(user, "is_superuser", False):
        return TeamRole.LEAD
    role = study.memberships.filter(user=user.pk).values_list("role", flat=True).first()
    return TeamRole(role) if role else None


def copy_asked(request: HttpRequest, theory: Theory) -> FileCopy:
    """Return the copy that an address asks for; what everybody reads is read as by somebody without an account.

    Raises PermissionDenied where it is the team's and the reader is not of the team, and UnknownCopyError.
    """
    asked = request.GET.get("copy") or READERS
    if asked not in COPIES:
        raise UnknownCopyError(f"“{asked}” is no copy; {suggestion(asked, COPIES)}")
    if asked == READERS:
        is_public = Visibility.PUBLIC == theory.visibility == theory.study.visibility
        return FileCopy(AnonymousUser() if is_public else request.user, None)
    own_role = role_of(request.user, theory.study)
    if own_role is None:
        raise PermissionDenied("The team’s copy is for those who are in the team of the study.")
    return FileCopy(request.user, own_role)


@dataclass(frozen=True)
class AskedFile:
    """A file about a theory that an address asks for: of which theory, and for whom."""

    request: HttpRequest
    theory: Theory
    copy: FileCopy

    @property
    def asking(self) -> HttpRequest:
        """Return the request as whoever the copy is for would send it."""
        asking = shallow_copy(self.request)
        asking.user = self.copy.user  # type: ignore[assignment]  # of a kind that requests have
        return asking


def file_of_theory(write: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view write a file about a theory: what is asked for is found, or refused, before it begins."""

    @wraps(write)
    def view(request: HttpRequest, slug: str, **form: Any) -> HttpResponse:
        if answer := refuse_unknown_parameters(request):
            return answer
        theory = get_theory(request, slug)
        try:
            copy = copy_asked(request, theory)
        except UnknownCopyError as error:
            return refused([str(error)])
        return write(AskedFile(request, theory, copy), **form)

    return view


def refused(sentences: Iterable[str]) -> HttpResponse:
    """Return why no file is written."""
    return HttpResponse("\n".join(sentences), status=400, content_type="text/plain; charset=utf-8")


def written_file(write: Callable[[IO[bytes]], Any], media_type: str, name: str) -> HttpResponse:
    """Return a file that the browser saves, once all of it is written: a half of one never leaves."""
    file = io.BytesIO()
    write(file)
    return attachment(file.getvalue(), media_type, name)
