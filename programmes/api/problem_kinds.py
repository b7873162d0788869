"""The kinds of problem that the API answers with, by their codes: what each means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

PROBLEM_PAGE = "/api/v1/problems/"


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem; one without a status stands among the `errors` of a problem, of one parameter."""

    code: str
    meaning: str
    remedy: str
    status: HTTPStatus | None = None

    @property
    def address(self) -> str:
        """Return where it is explained, as its `type` says."""
        return f"{PROBLEM_PAGE}#{self.code}"


PROBLEM_KINDS = (
    ProblemKind(
        "wrong-parameters",
        "A parameter is unknown, or its value cannot be read.",
        "Look at errors: each names a parameter, what it was given, and what is allowed.",
        HTTPStatus.BAD_REQUEST,
    ),
    ProblemKind(
        "unreadable-request",
        "The request cannot be read.",
        "Look at its address and its headers.",
        HTTPStatus.BAD_REQUEST,
    ),
    ProblemKind(
        "wrong-token",
        "The token is not valid, has ended, or the header Authorization has another form.",
        "Send Authorization: Bearer TOKEN with a token that has not ended; your page at the desk lists yours.",
        HTTPStatus.UNAUTHORIZED,
    ),
    ProblemKind("forbidden", "You may not do that.", "Ask whoever leads the study.", HTTPStatus.FORBIDDEN),
    ProblemKind(
        "unknown-row",
        "A filter names a row that is not there, or that you may not see.",
        "Look at errors: each says what may have been meant.",
        HTTPStatus.NOT_FOUND,
    ),
    ProblemKind(
        "no-such-row",
        "There is no such row or address, or you may not see it.",
        "Look for it in the list of its resource; the list of resources is at /api/v1/.",
        HTTPStatus.NOT_FOUND,
    ),
    ProblemKind("wrong-method", "The API is read only.", "Use GET or HEAD.", HTTPStatus.METHOD_NOT_ALLOWED),
    ProblemKind(
        "no-such-format",
        "The answer cannot have a format that the header Accept takes.",
        "Name a format with the parameter format, or accept application/json.",
        HTTPStatus.NOT_ACCEPTABLE,
    ),
    ProblemKind(
        "address-too-long",
        "The address is longer than 8,000 letters.",
        "Ask for less in one call, and put the answers together.",
        HTTPStatus.REQUEST_URI_TOO_LONG,
    ),
    ProblemKind(
        "no-such-range",
        "A file has no such bytes as the header Range asks for.",
        "Ask for bytes within the length that Content-Range says, or leave Range out.",
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    ),
    ProblemKind(
        "too-many-calls",
        "These were as many calls as may be made in a period.",
        "Wait for as many seconds as Retry-After says; a token allows more.",
        HTTPStatus.TOO_MANY_REQUESTS,
    ),
    ProblemKind(
        "our-fault",
        "The fault is ours.",
        "Try again in a moment; if it lasts, tell whoever runs the site the request_id.",
        HTTPStatus.INTERNAL_SERVER_ERROR,
    ),
    ProblemKind(
        "not-installed",
        "This site does not write that format.",
        "Take another format, as detail says.",
        HTTPStatus.NOT_IMPLEMENTED,
    ),
    ProblemKind(
        "busy",
        "The database is busy or does not answer.",
        "Wait for as many seconds as Retry-After says.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
    ProblemKind("full", "A disk of the site is full.", "Tell whoever runs the site.", HTTPStatus.INSUFFICIENT_STORAGE),
    ProblemKind("unknown-parameter", "There is no such parameter here.", "See the parameters of the resource."),
    ProblemKind("unknown-field", "The rows have no such field.", "See the fields of the resource."),
    ProblemKind("unknown-ordering", "The list has no such order.", "See the orders of the resource."),
    ProblemKind("unknown-format", "There is no such format here.", "The message names those that there are."),
    ProblemKind("unknown-value", "The value is not among those that are known.", "The message says which is near."),
    ProblemKind("wrong-value", "The value cannot be read.", "The message says what it must be."),
    ProblemKind("empty-value", "The parameter has no value.", "Leave it out, or say what you look for."),
    ProblemKind("given-twice", "The parameter can be given only once.", "Give it once."),
    ProblemKind("wrong-cursor", "The cursor belongs to no such list.", "Start again without it."),
    ProblemKind("too-large", "A file of that format cannot hold a value.", "The message says which, and what can."),
    ProblemKind("no-meaning", "The parameter has no meaning beside the others.", "Leave it out."),
)
KINDS_BY_CODE = {kind.code: kind for kind in PROBLEM_KINDS}
# What a status means where nothing more is known: the last of its kinds.
KINDS_BY_STATUS = {kind.status: kind for kind in PROBLEM_KINDS if kind.status}


def kind_of_status(status: int) -> ProblemKind:
    """Return the kind of a status; any other fault of a request is that it cannot be read, and of ours a fault."""
    known = HTTPStatus.BAD_REQUEST if status < HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus.INTERNAL_SERVER_ERROR
    return KINDS_BY_STATUS.get(HTTPStatus(status), KINDS_BY_STATUS[known])
