"""What a page says where a theory or study has nothing of a kind: in which way it is missing, in one calm sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from programmes.models.holdings import HELD
from programmes.vocabulary import Holding, Missing, StatementOrigin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from programmes.models import Study

SENTENCES = {
    "": "This {holder} is shown without {kind}.",
    Missing.NOT_LOADED: "The {kind} of this {holder} stand in its source; they are not loaded here.",
    Missing.NONE: "The source of this {holder} has no {kind}.",
    Missing.NOT_YET: "This {holder} has no {kind} yet.",
    Holding.NOT_PUBLIC: "The {kind} of this {holder} are not public.",
    Holding.LOADED: "This {holder} is shown without {kind}.",  # those that are here belong elsewhere
}
# Of a team's own study there is no source beside it.
SENTENCES_OF_A_TEAM = {
    **SENTENCES,
    Missing.NOT_LOADED: "The {kind} of this {holder} are not loaded here.",
    Missing.NONE: "This {holder} has no {kind}.",
}


def absence_sentences(holds: Mapping[str, str], study: Study) -> dict[str, str]:
    """Return a sentence for each kind of content of which it is known in which way the reader does not find it."""
    missing = [kind for kind, word in holds.items() if word not in {"", Holding.LOADED}]
    return {kind: absence_sentence(holds, kind, study) for kind in missing}


def absence_sentence(holds: Mapping[str, str], name: str, study: Study) -> str:
    """Return why a page that is about one kind of content has nothing to show."""
    kind = next(kind for kind in HELD if kind.name == name)
    sentences = SENTENCES_OF_A_TEAM if study.statements == StatementOrigin.OWN else SENTENCES
    return sentences[holds[name]].format(kind=name, holder=kind.holder._meta.verbose_name)
