"""What each kind of caveat says to a reader who does not know the terms."""

from __future__ import annotations

from programmes.vocabulary import CaveatKind

CAVEATS_IN_PLAIN_WORDS = {
    CaveatKind.SCOPE: "What it leaves out",
    CaveatKind.CONDITION: "It holds where this is so",
    CaveatKind.PRECONDITION: "This must come first",
    CaveatKind.INHIBITING_CONTEXT: "This may hold it back",
    CaveatKind.UNSPECIFIED_CONTEXT: "Left open: in what circumstances",
    CaveatKind.NOT_TRIGGERED: "Here it may not start",
    CaveatKind.DISPLACED: "It moves to somebody else",
    CaveatKind.ALTERNATIVE: "Something else may explain it",
    CaveatKind.THIN_SUPPORT: "Little stands behind it",
    CaveatKind.CONTRAST: "It differs from what others wrote",
    CaveatKind.DISTAL_OUTCOME: "It may lead further",
    CaveatKind.OPPOSING_OUTCOME: "It may work against something else",
    CaveatKind.NEGATIVE_OUTCOME: "It may do harm",
    CaveatKind.SYSTEM_RISK: "What is around it may stop it",
    CaveatKind.REFUTATION: "Somebody disagreed",
    CaveatKind.REFUTES_CAVEAT: "Somebody disagreed with a caveat",
    CaveatKind.LIMITATION: "What the study did not ask",
    CaveatKind.SAMPLE_LIMIT: "Whom the study did not ask",
}
