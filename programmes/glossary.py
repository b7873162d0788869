"""The words of realist evaluation as this site uses them, each in plain words and with the works that it comes from.

This module imports nothing of the project, so that every layer may use it. The meanings are ours; the works are where a
reader finds the word discussed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """A publication that a term is explained in."""

    key: str
    name: str  # as it is cited in a sentence
    citation: str
    doi: str = ""
    url: str = ""  # where it is found, if it has no DOI

    @property
    def address(self) -> str:
        """Return where the work is found, or nothing."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True)
class Term:
    """A word of the field: what it means here, where it comes from, and which words are next to it."""

    key: str
    name: str
    meaning: str
    references: tuple[str, ...]
    see_also: tuple[str, ...]

    @property
    def in_text(self) -> str:
        """Return its name as it stands inside a sentence."""
        return self.name if self.name.isupper() else self.name[0].lower() + self.name[1:]

    @property
    def works(self) -> list[Work]:
        """Return the works it comes from."""
        return [WORK_BY_KEY[key] for key in self.references]

    @property
    def related(self) -> list[Term]:
        """Return the terms next to it."""
        return [TERM_BY_KEY[key] for key in self.see_also]


class UnknownTermError(LookupError):
    """Somebody asked for a word that the glossary does not have."""


def term_of(key: str) -> Term:
    """Return a term by its key; raise UnknownTermError if there is none."""
    try:
        return TERM_BY_KEY[key]
    except KeyError:
        raise UnknownTermError(f"the glossary has no term {key!r}") from None


# In the order of their names.
TERMS = (
    Term(
        "candidate",
        "Candidate",
        "A CMOC that has been proposed and not yet tested. It may be a fragment: a context or an outcome whose "
        "mechanism is still to be found.",
        ("gilmore-2019",),
        ("cmoc", "initial-programme-theory"),
    ),
    Term(
        "caveat",
        "Caveat",
        "A reason why a CMOC, an outcome or a whole theory may not hold: a condition, a circumstance in which the "
        "mechanism does not fire, or a limit of the study. Caveats stand beside the support.",
        ("pawson-tilley-1997", "thompson-2023"),
        ("counters", "firing", "hedge"),
    ),
    Term(
        "cmoc",
        "CMOC",
        "Short for context–mechanism–outcome configuration: an explanation that says in which circumstances, why "
        "and with what result something works. It is a claim to be tested, not a finding that is proven.",
        ("pawson-tilley-1997", "wong-2016"),
        ("context", "mechanism", "outcome", "programme-theory"),
    ),
    Term(
        "consent-scope",
        "Consent scope",
        "What a participant agreed to: that their words stay in the study team, or that they may be quoted in "
        "public without a name. Words are shown only within it.",
        ("kaiser-2009",),
        ("disclosure-check",),
    ),
    Term(
        "context",
        "Context",
        "The circumstances that decide whether a mechanism comes into play: the people and how they stand to each "
        "other, rules, habits, history. It is more than the place.",
        ("pawson-tilley-1997", "jagosh-2015"),
        ("cmoc", "mechanism"),
    ),
    Term(
        "counters",
        "Counters",
        "A quote counters a CMOC if it speaks against it: the outcome did not come, or came for another reason. It "
        "stands beside the support and is never left out.",
        ("pawson-2006", "pawson-2005"),
        ("caveat", "refines", "supports"),
    ),
    Term(
        "demi-regularity",
        "Demi-regularity",
        "A pattern that shows often but not always: people in such circumstances tend to respond in this way. "
        "Realist research looks for the mechanism behind it and for what breaks it.",
        ("pawson-2006", "wong-2013"),
        ("generative-causation", "retroduction"),
    ),
    Term(
        "disclosure-check",
        "Disclosure check",
        "Somebody has read a quote for names, places and other details that could give a person away, and has "
        "signed with the date. No quote is public without it.",
        ("kaiser-2009",),
        ("consent-scope",),
    ),
    Term(
        "firing",
        "Firing of a mechanism",
        "A mechanism fires when the circumstances let it work, and does not fire when they hold it back. Often it "
        "is less like a switch than like a dial: it works more or less strongly.",
        ("dalkin-2015", "pawson-tilley-1997"),
        ("caveat", "context", "mechanism"),
    ),
    Term(
        "generative-causation",
        "Generative causation",
        "The view that a programme does not cause change as one ball pushes another: people change something, "
        "because of what they are offered and where they stand. So one asks what brings a result about, not only "
        "how often it follows.",
        ("pawson-tilley-1997", "astbury-leeuw-2010"),
        ("demi-regularity", "mechanism", "realist-evaluation"),
    ),
    Term(
        "hedge",
        "Hedge",
        "How firmly the authors put a CMOC: “improves” asserts, “may improve” hedges. It is kept as they wrote it.",
        ("hyland-1996",),
        ("caveat", "cmoc"),
    ),
    Term(
        "illustrates",
        "Illustrates",
        "A quote illustrates a CMOC if it shows what is meant, without being counted for or against it.",
        ("gilmore-2019", "thompson-2023"),
        ("supports",),
    ),
    Term(
        "initial-programme-theory",
        "Initial programme theory",
        "A programme theory before it is tested: a first, reasoned guess from documents, earlier research and the "
        "people who run the programme. It says what the evaluation should look at.",
        ("thompson-2023", "wong-2016"),
        ("candidate", "programme-theory", "refined-programme-theory"),
    ),
    Term(
        "mechanism",
        "Mechanism",
        "Why it works: how people take up what they are offered, in what they think, feel or decide, so that "
        "something changes. It can seldom be seen itself and is told from what it does.",
        ("astbury-leeuw-2010", "dalkin-2015", "pawson-tilley-1997"),
        ("cmoc", "firing", "generative-causation", "resource-and-reasoning"),
    ),
    Term(
        "outcome",
        "Outcome",
        "What changes, or does not, for people, a service or a community: meant or not meant, soon or late, welcome "
        "or not.",
        ("pawson-tilley-1997", "wong-2016"),
        ("cmoc", "ripple-effect"),
    ),
    Term(
        "programme-theory",
        "Programme theory",
        "An explanation of how a programme is thought to work, for whom and in what circumstances; here it is a set "
        "of CMOCs. It begins as an initial theory and is refined as it is tested.",
        ("pawson-tilley-1997", "wong-2016"),
        ("cmoc", "initial-programme-theory", "refined-programme-theory", "substantive-theory"),
    ),
    Term(
        "realist-evaluation",
        "Realist evaluation",
        "Research on a programme that asks not only whether it works, but what works, for whom, in what "
        "circumstances, and why. It states a programme theory, tests it on evidence and refines it.",
        ("pawson-tilley-1997", "wong-2016"),
        ("generative-causation", "programme-theory", "realist-review"),
    ),
    Term(
        "realist-review",
        "Realist review",
        "Also called realist synthesis: the same questions put to what others have published. It builds and refines "
        "a programme theory from the literature instead of averaging results.",
        ("pawson-2005", "pawson-2006", "wong-2013"),
        ("realist-evaluation",),
    ),
    Term(
        "refined-programme-theory",
        "Refined programme theory",
        "A programme theory after it was tested: what held is kept, what did not is changed or dropped, and its "
        "limits are said more exactly. It is the start of the next test.",
        ("gilmore-2019", "pawson-tilley-1997"),
        ("initial-programme-theory", "programme-theory", "refines"),
    ),
    Term(
        "refines",
        "Refines",
        "A quote refines a CMOC if it says more exactly for whom, when or how it holds.",
        ("pawson-2005", "pawson-2006"),
        ("counters", "refined-programme-theory", "supports"),
    ),
    Term(
        "reflexive-memo",
        "Reflexive memo",
        "A researcher’s note on their own part in the analysis: what they expected, what they bring with them, and "
        "how that may have shaped a decision.",
        ("birks-2008", "finlay-2002"),
        ("candidate",),
    ),
    Term(
        "resource-and-reasoning",
        "Resource and reasoning",
        "A mechanism in two halves: what the programme offers (the resource), and how people respond to it in "
        "thought and feeling (the reasoning). To tell them apart helps to tell mechanism from context.",
        ("dalkin-2015",),
        ("mechanism",),
    ),
    Term(
        "retroduction",
        "Retroduction",
        "Reasoning backwards from what was observed to what must be at work for it to come about. It moves to and "
        "fro between evidence, theory and informed guesses.",
        ("jagosh-2020",),
        ("demi-regularity", "generative-causation"),
    ),
    Term(
        "ripple-effect",
        "Ripple effect",
        "The outcome of one CMOC becomes the context of another, so that one change makes room for the next.",
        ("jagosh-2015",),
        ("context", "outcome"),
    ),
    Term(
        "saturation",
        "Saturation",
        "The point at which new interviews add nothing new to the analysis. It is a judgement and may be wrong: the "
        "next person may be the one who was never asked.",
        ("saunders-2018",),
        ("candidate", "reflexive-memo"),
    ),
    Term(
        "substantive-theory",
        "Substantive theory",
        "A named theory of the social sciences, often of the middle range: near enough to be tested on evidence, "
        "and general enough to hold beyond one programme. A programme theory may draw on several.",
        ("merton-1968", "pawson-tilley-1997"),
        ("programme-theory",),
    ),
    Term(
        "supports",
        "Supports",
        "A quote supports a CMOC if it speaks for it, as a whole or in one part. Support is counted with what it is "
        "counted out of, and is no proof.",
        ("pawson-2005", "pawson-2006"),
        ("counters", "illustrates", "refines", "saturation"),
    ),
)

# In the order of their names.
WORKS = (
    Work(
        "astbury-leeuw-2010",
        "Astbury and Leeuw 2010",
        "Astbury B, Leeuw FL. Unpacking black boxes: mechanisms and theory building in evaluation. American Journal "
        "of Evaluation. 2010;31(3):363–381.",
        "10.1177/1098214010371972",
    ),
    Work(
        "birks-2008",
        "Birks et al. 2008",
        "Birks M, Chapman Y, Francis K. Memoing in qualitative research: probing data and processes. Journal of "
        "Research in Nursing. 2008;13(1):68–75.",
        "10.1177/1744987107081254",
    ),
    Work(
        "dalkin-2015",
        "Dalkin et al. 2015",
        "Dalkin SM, Greenhalgh J, Jones D, Cunningham B, Lhussier M. What’s in a mechanism? Development of a key "
        "concept in realist evaluation. Implementation Science. 2015;10:49.",
        "10.1186/s13012-015-0237-x",
    ),
    Work(
        "finlay-2002",
        "Finlay 2002",
        "Finlay L. “Outing” the researcher: the provenance, process, and practice of reflexivity. Qualitative "
        "Health Research. 2002;12(4):531–545.",
        "10.1177/104973202129120052",
    ),
    Work(
        "gilmore-2019",
        "Gilmore et al. 2019",
        "Gilmore B, McAuliffe E, Power J, Vallières F. Data analysis and synthesis within a realist evaluation: "
        "toward more transparent methodological approaches. International Journal of Qualitative Methods. 2019;18.",
        "10.1177/1609406919859754",
    ),
    Work(
        "hyland-1996",
        "Hyland 1996",
        "Hyland K. Writing without conviction? Hedging in science research articles. Applied Linguistics. "
        "1996;17(4):433–454.",
    ),
    Work(
        "jagosh-2020",
        "Jagosh 2020",
        "Jagosh J. Retroductive theorizing in Pawson and Tilley’s applied scientific realism. Journal of Critical "
        "Realism. 2020;19(2):121–130.",
        "10.1080/14767430.2020.1723301",
    ),
    Work(
        "jagosh-2015",
        "Jagosh et al. 2015",
        "Jagosh J, Bush PL, Salsberg J, Macaulay AC, Greenhalgh T, Wong G, et al. A realist evaluation of "
        "community-based participatory research: partnership synergy, trust building and related ripple effects. "
        "BMC Public Health. 2015;15:725.",
        "10.1186/s12889-015-1949-1",
    ),
    Work(
        "kaiser-2009",
        "Kaiser 2009",
        "Kaiser K. Protecting respondent confidentiality in qualitative research. Qualitative Health Research. "
        "2009;19(11):1632–1641.",
        "10.1177/1049732309350879",
    ),
    Work(
        "merton-1968",
        "Merton 1968",
        "Merton RK. Social theory and social structure. Enlarged edition. New York: Free Press; 1968.",
    ),
    Work(
        "pawson-2006",
        "Pawson 2006",
        "Pawson R. Evidence-based policy: a realist perspective. London: SAGE Publications; 2006.",
    ),
    Work(
        "pawson-tilley-1997",
        "Pawson and Tilley 1997",
        "Pawson R, Tilley N. Realistic evaluation. London: SAGE Publications; 1997.",
    ),
    Work(
        "pawson-2005",
        "Pawson et al. 2005",
        "Pawson R, Greenhalgh T, Harvey G, Walshe K. Realist review – a new method of systematic review designed "
        "for complex policy interventions. Journal of Health Services Research & Policy. 2005;10(Suppl 1):21–34.",
        "10.1258/1355819054308530",
    ),
    Work(
        "saunders-2018",
        "Saunders et al. 2018",
        "Saunders B, Sim J, Kingstone T, Baker S, Waterfield J, Bartlam B, et al. Saturation in qualitative "
        "research: exploring its conceptualization and operationalization. Quality & Quantity. 2018;52:1893–1907.",
        "10.1007/s11135-017-0574-8",
    ),
    Work(
        "thompson-2023",
        "Thompson et al. 2023",
        "Thompson DM, Bernard M, Maxfield B, Halsall T, Mathers J. Focusing a realist evaluation of peer support "
        "for paediatric mental health. Discover Mental Health. 2023;3(1):18.",
        "10.1007/s44192-023-00045-2",
    ),
    Work(
        "wong-2013",
        "Wong et al. 2013",
        "Wong G, Greenhalgh T, Westhorp G, Buckingham J, Pawson R. RAMESES publication standards: realist "
        "syntheses. BMC Medicine. 2013;11:21.",
        "10.1186/1741-7015-11-21",
    ),
    Work(
        "wong-2016",
        "Wong et al. 2016",
        "Wong G, Westhorp G, Manzano A, Greenhalgh J, Jagosh J, Greenhalgh T. RAMESES II reporting standards for "
        "realist evaluations. BMC Medicine. 2016;14:96.",
        "10.1186/s12916-016-0643-1",
    ),
)

TERM_BY_KEY = {term.key: term for term in TERMS}
WORK_BY_KEY = {work.key: work for work in WORKS}
