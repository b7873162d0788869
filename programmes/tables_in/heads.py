"""What may stand above a column, and what such a column holds: the one place where these words are kept.

Heads are compared without accents, capitals and marks. What hands out a table that is to come back heads its columns
with the first words of each list here.
"""

from __future__ import annotations

import re
import unicodedata

CONTEXT, MECHANISM, OUTCOME = "contexts", "mechanisms", "outcomes"
INTERVENTION, ACTOR, STRATEGY = "interventions", "actors", "strategies"
RESOURCE, REASONING = "resources", "reasonings"  # mechanisms, of a kind
STATEMENT, LABEL, TITLE, GROUP = "statement", "label", "title", "group"
SUPPORTS, COUNTERS, QUOTE = "quotes for", "quotes against", "quotes"
SPEAKER, ROLE = "speaker", "role"  # of the quote in another column
BENEFICIARY = "beneficiaries"
NOT_PLACED = "not placed"
PARTS = (CONTEXT, MECHANISM, OUTCOME, INTERVENTION, ACTOR, STRATEGY, RESOURCE, REASONING, BENEFICIARY)
QUOTES = (SUPPORTS, COUNTERS, QUOTE)
SLOT_GROUPS = ({CONTEXT}, {MECHANISM, RESOURCE, REASONING}, {OUTCOME})
CORE = (CONTEXT, MECHANISM, RESOURCE, REASONING, OUTCOME)

# Words that make a head what it is, wherever in it they stand: beginnings of words, without accents.
WORDS: tuple[tuple[str, str], ...] = (
    (
        NOT_PLACED,
        (
            "refinement|recommend|implication|assumption|supporting theor|substantive theor|formal theor|middle.range|"
            "underpinning theor|reference|literature|comment|notes?$|number of|confidence|strength of|rationale|"
            "definition|doi$|(primary |data )?sources?$|source (document|stud|article)|stud(y|ies)$|papers?$|"
            "included studies|articles?$|quellen?$|literatur|referenc|fuentes?$|fontes?$|sources? des|refs?$|caveats?$|"
            "strength$|certainty|quality (of|rating|appraisal)|rating$|grade$|cerqual|"
            "services?$|participants by|citations?$|supporting (stud|paper|source)|evidence source"
        ),
    ),
    (GROUP, "(programm?e |candidate )?theor(y|ies) (area|domain|theme|cluster)"),
    (COUNTERS, "quotes? against|counter|disconfirm|contradict|contrary|negative case"),
    (SUPPORTS, "quotes? for\\b|support\\w* (quot|data|excerpt|evidence)|evidence for"),
    (
        QUOTE,
        (
            "quot|verbatim|citaat|citat\\b|in their words|"
            "excerpt|extract|exemplar|illustrati|zitat|cita(s|cao|coes|tion)?\\b|"
            "participant voice|raw data|evidence|supporting data|data\\b|beleg|depoiment|testimon"
        ),
    ),
    (
        STATEMENT,
        (
            "cmoc?s?\\b|icamo|scmo|cimo|ciamo|configura|konfigura|statement|proposition|hypothes|hipotes|"
            "if.{0,3}then|(programm?e?|initial|refined|final|candidate|rough) theor|theory|programmtheor|"
            "theorie|teoria|explanatory account|in words"
        ),
    ),
    (RESOURCE, "resourc|ressource|recurso|risorse|what is offered"),
    (REASONING, "reason|response|reaction|razonamiento|raisonnement|raciocinio|reaktion|how .* respond"),
    (
        CONTEXT,
        (
            "context|kontext|sammanhang|sammenh[ae]ng|omstandighe|contesto|circumstance|umstand|rahmenbedingung|"
            "circonstance|circunstancia|condition|kontekst|"
            "контекст|(ال)?سياق|הקשר|情境|背景|语境|文脈"
        ),
    ),
    (
        MECHANISM,
        "mechanis|mekanism|mecanis|meccanis|mechanizm|mekanis|механизм|(ال)?الي(ة|ات)|מנגנון|机制|機制|メカニス",
    ),
    (
        OUTCOME,
        (
            "outcome|result|ergebnis|desfecho|esito|esiti|effet|effect|wirkung|what changes|"
            "impact|wynik|utfall|udfald|utfald|uitkomst|resultaat|"
            "результат|(ال)?(نتيجة|نتائج|مخرجات)|תוצאה|תוצאות|结果|結果"
        ),
    ),
    (
        INTERVENTION,
        "interven|program(me)? (input|activit|component)|massnahme|activit|component|inputs?\\b|i?what is done",
    ),
    (STRATEGY, "strateg|estrateg"),
    (ACTOR, "actor|akteur|acteur|ator(es)?\\b|agent|who acts|for whom|stakeholder"),
    (TITLE, "demi.?regularit|title|short name|titel|titre|titulo"),
    (
        GROUP,
        (
            "theme|subtheme|domain|area|categor|level|stage|phase|group|heading|setting|site|case|country|thema|themen|"
            "bereich|ebene|theme|tema|dominio|niveau|nivel|section|cluster|setting|ort|lieu|pays|pais|land$|dimension|topic"
        ),
    ),
)
LABELS = {
    *("label", "no", "nr", "n", "number", "num", "#", "id", "nummer", "numero", "code", "row", "n°", "nº"),
    *(f"{name} {what}" for name in ("cmo", "cmoc", "icamo", "configuration") for what in ("no", "nr", "number", "id")),
    *(
        "cmoc label",
        "cmo label",
        "cmoc #",
        "cmo #",
        "bezeichnung",
        "etiquette",
        "etiqueta",
        "رقم",
        "الرقم",
        "מספר",
        "编号",
    ),
}
# Whole heads: of the appendices that are handed out here, and of tables of quotes.
WHOLE = {
    **dict.fromkeys(("status", "for", "against", "part", "place", "line", "services stated relevant"), NOT_PLACED),
    **dict.fromkeys(("who benefits", "beneficiary", "beneficiaries"), BENEFICIARY),
    "if": CONTEXT,
    "then": OUTCOME,
    "because": MECHANISM,
    **dict.fromkeys(("why?", "why", "how and why", "how and why?"), MECHANISM),
    **dict.fromkeys(("what works", "what works?", "what was done", "what was done?"), INTERVENTION),
    **dict.fromkeys(("what happens", "what happens?", "what happened", "what happened?"), OUTCOME),
    **dict.fromkeys(("speaker", "participant", "respondent", "who said it"), SPEAKER),
    **dict.fromkeys(("role", "for or against", "supports or contradicts", "supports or refutes"), ROLE),
}
OWN_KEYWORD = "realist-appendix-1"  # by which a program knows an appendix of ours, and which heads its tables have
OWN_FORM = {"Title", "Statement", "Context", "Mechanism", "Outcome"}  # heads by which a table of this house is known
LETTERS = {"c": CONTEXT, "m": MECHANISM, "o": OUTCOME, "i": INTERVENTION, "a": ACTOR, "s": STRATEGY}
MARK_IN_HEAD = re.compile(r"\((\w)\)\s*$")


def plain_head(text: str) -> str:
    """Return a head without accents, capitals, marks of direction and the marks around it."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("\u00ba", ""))
    bare = "".join(
        letter for letter in bare if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    return re.sub(r"\s+", " ", bare).strip(" .:*†‡§")


def slots_named(text: str) -> list[str]:
    """Return all that the words of a head may name, the likeliest first; a mark such as (C) settles it."""
    bare = plain_head(text)
    if (marked := MARK_IN_HEAD.search(bare)) and marked[1] in LETTERS:
        return [LETTERS[marked[1]]]
    if bare in LABELS:
        return [LABEL]
    if bare in LETTERS or bare in WHOLE:
        return [LETTERS.get(bare) or WHOLE[bare]]
    return [slot for slot, words in WORDS if re.search(rf"\b(?:{words})", bare)]


def slot_of_head(text: str) -> str:
    """Return what a column with this head holds; nothing where its words do not say, or say several."""
    named = slots_named(text)
    if len({slot for slot in named if slot in (CONTEXT, MECHANISM, OUTCOME)}) > 1 and NOT_PLACED not in named:
        return STATEMENT
    if MECHANISM in named and ACTOR in named:
        return MECHANISM
    return named[0] if named else ""


def slot_of_word(word: str) -> str:
    """Return the slot that a word in a sentence names, such as C, M2, Kontext or Mechanism: resource."""
    bare = re.sub(r"[\s\d]+[a-z]?$", "", plain_head(word))
    if bare in LETTERS:
        return LETTERS[bare]
    kinds = [slot for slot, words in WORDS if slot in PARTS and re.match(rf"(?:{words})\w*$", bare)]
    return kinds[0] if kinds else ""
