"""The field's own words, as choices. One comment for each value says what a researcher means by it.

This module imports nothing of the project, so that every layer may use it.
"""

from django.db.models import TextChoices


class Visibility(TextChoices):
    """Who may read a record."""

    PRIVATE = "private", "Private"  # members of the study only
    PUBLIC = "public", "Public"  # everybody


class TeamRole(TextChoices):
    """What a member of a study's team does, from the least rights to the most."""

    READER = "reader", "Reader"  # reads the study, also while it is private
    REVIEWER = (
        "reviewer",
        "Reviewer",
    )  # also reads quotes that have no disclosure check yet, and private memos
    CURATOR = "curator", "Curator"  # also reads sources and participants, and edits
    LEAD = "lead", "Lead"  # also decides who is in the team

    @classmethod
    def at_least(cls, role: "TeamRole") -> list[str]:
        """Return the roles that have at least the rights of this one."""
        return cls.values[cls.values.index(role) :]


class StudyKind(TextChoices):
    """What kind of realist work a study is."""

    FOCUSING = (
        "focusing",
        "Realist evaluation, focusing study",
    )  # builds an initial programme theory to be tested
    EVALUATION = "evaluation", "Realist evaluation"  # tests and refines a programme theory on primary data
    REVIEW = "review", "Realist review or synthesis"  # builds and refines a programme theory on literature


class StatementOrigin(TextChoices):
    """Whose statements the configurations of a study are."""

    PRINTED = "printed", "Printed by the authors"  # they stand in a publication, word for word
    OWN = "own", "The team’s own working statements"  # the team writes them here, and changes them


class Reporting(TextChoices):
    """Why a fact is there, or in which of four different ways it is missing."""

    REPORTED = "reported", "Reported"  # the source gives it
    NONE = "none", "None"  # the source says that there is none
    NOT_STATED = "not-stated", "Not stated"  # the source is silent
    NOT_REPORTED = "not-reported", "Not reported"  # the source says that it was not reported to it
    UNCLEAR = "unclear", "Unclear in source"  # the source gives something that cannot be read reliably
    NOT_LOADED = "not-loaded", "Not loaded"  # the source gives it, but its words are not kept here


class Missing(TextChoices):
    """In which way a theory or its study has nothing of a kind here. Said by somebody, where nothing is here."""

    NOT_LOADED = "not-loaded", "Not loaded"  # the source has it, but it is not kept here
    NONE = "none", "None in the source"  # the source has none
    NOT_YET = "not-yet", "Not yet"  # a team's own study has none so far


class Holding(TextChoices):
    """That a theory or its study has something of a kind here. Never said: it is seen."""

    LOADED = "loaded", "Loaded"  # the reader may see some of it
    NOT_PUBLIC = "not-public", "Not public"  # the reader may see none of it


class ReferenceKind(TextChoices):
    """The type of a cited work, in the terms of the Citation Style Language (CSL)."""

    ARTICLE = "article-journal", "Journal article"  # in a periodical
    BOOK = "book", "Book"  # a monograph or an edited book
    REPORT = "report", "Report"  # of an organisation
    SOFTWARE = "software", "Software"  # a computer program
    WEBPAGE = "webpage", "Web page"  # found at an address only


class Offered(TextChoices):
    """Whether a service offers a delivery mode."""

    YES = "yes", "Yes"  # the source says so
    NO = "no", "No"  # the source says that it does not
    UNCLEAR = "unclear", "Unclear in source"  # the source cannot be read reliably
    NOT_REPORTED = "not-reported", "Not reported"  # the source does not say


class TheoryForm(TextChoices):
    """The grammar in which a programme theory is written."""

    CMO = "cmo", "Context, mechanism, outcome"  # C + M = O
    ICAMO = "icamo", "Intervention, context, actor, mechanism, outcome"  # ICAMO
    SCMO = "scmo", "Strategy, context, mechanism, outcome"  # SCMO
    CIMO = "cimo", "Context, intervention, mechanism, outcome"  # CIMO
    IF_THEN = "if-then", "If, then, because"  # if-then-because statements
    NARRATIVE = "narrative", "Narrative"  # continuous prose


class TheoryStage(TextChoices):
    """How far a programme theory has come."""

    INITIAL = "initial", "Initial"  # to be tested
    REFINED = "refined", "Refined"  # revised after a test
    FINAL = "final", "Final"  # as the study closes


class Level(TextChoices):
    """The level of the social system at which an element sits."""

    UNSPECIFIED = "unspecified", "Not specified"  # nobody has said
    MICRO = "micro", "Micro"  # persons and their relations
    MESO = "meso", "Meso"  # teams and organisations
    MACRO = "macro", "Macro"  # policy, law, culture


class MechanismKind(TextChoices):
    """Which half of a mechanism is meant (Dalkin and colleagues 2015)."""

    UNSPECIFIED = "unspecified", "Not specified"  # the author does not separate the two
    RESOURCE = "resource", "Resource"  # what the programme introduces
    REASONING = "reasoning", "Reasoning"  # how people respond to it


class Distance(TextChoices):
    """How far along the chain an outcome lies."""

    UNSPECIFIED = "unspecified", "Not specified"  # nobody has said
    PROXIMAL = "proximal", "Proximal"  # follows directly
    INTERMEDIATE = "intermediate", "Intermediate"  # lies between
    DISTAL = "distal", "Distal"  # follows later, through other outcomes


class Valence(TextChoices):
    """Whether an outcome is welcome."""

    UNSPECIFIED = "unspecified", "Not specified"  # nobody has said
    POSITIVE = "positive", "Positive"  # welcome
    NEGATIVE = "negative", "Negative"  # harm
    MIXED = "mixed", "Mixed"  # welcome to some, harm to others
    NEITHER = "neither", "Neither welcome nor harmful"  # something else follows
    NO_CHANGE = "no-change", "No change"  # all stays as it was

    @property
    def sign(self) -> str:
        """Return the sign that pictures and tables set before the word."""
        return dict(zip(Valence, ("", "+", "\N{MINUS SIGN}", "±", "○", "="), strict=True))[self]


class Intention(TextChoices):
    """Whether the programme means to bring an outcome about."""

    UNSPECIFIED = "unspecified", "Not specified"  # nobody has said
    INTENDED = "intended", "Intended"  # an aim of the programme
    UNINTENDED = "unintended", "Unintended"  # a side effect


class Hedge(TextChoices):
    """How firmly the author puts a configuration."""

    ASSERTED = "asserted", "Asserted"  # "improves"
    MAY = "may", "Hedged"  # "may improve"
    UNKNOWN = "unknown", "Not known"  # the wording is not at hand


class CMOCStatus(TextChoices):
    """What has become of a configuration so far."""

    CANDIDATE = "candidate", "Candidate"  # proposed, not yet tested
    SUPPORTED = "supported", "Supported"  # evidence speaks for it
    REFINED = "refined", "Refined"  # revised in the light of evidence
    CONTESTED = "contested", "Contested"  # evidence or reviewers disagree
    REFUTED = "refuted", "Refuted"  # evidence speaks against it
    RETIRED = "retired", "Retired"  # no longer part of the theory


class Verdict(TextChoices):
    """What a reviewer says of a configuration as it stands."""

    AGREE = "agree", "Agrees"  # with every word of it
    CHANGES = "agree-with-changes", "Agrees with changes"  # once something is said otherwise
    DISAGREE = "disagree", "Disagrees"  # with what it claims


class ReviewState(TextChoices):
    """How far a configuration has come between its curators and its reviewers. It follows from the reviews."""

    CANDIDATE = "candidate", "Not yet put to reviewers"  # its curators work on it
    IN_REVIEW = "in-review", "In review"  # too few reviewers have read it as it stands
    AGREED = "agreed", "Agreed"  # as many reviewers as the study asks for agree, and none disagrees
    DISPUTED = "disputed", "Disputed"  # a reviewer disagrees
    PUBLISHED = "published", "Agreed and published"  # agreed, and everybody may read it


class LineageKind(TextChoices):
    """What a decision does with whole configurations."""

    MERGE = "merge", "Merge"  # two or more become one new one
    SPLIT = "split", "Split"  # one becomes several new ones
    RETIRE = "retire", "Retirement"  # one is no longer part of the theory
    RENAME = "rename", "Renaming"  # one gets another title
    MOVE = "move", "Move of evidence"  # quotes of one become quotes of another
    REVERSE = "reverse", "Taking back"  # an earlier decision is undone


class Basis(TextChoices):
    """Whether a link stands in the source or was made by the curator."""

    EXPLICIT = "explicit", "Stated in the source"  # can be pointed at
    IMPLICIT = "implicit", "Implied by the source"  # follows from the text around it
    INFERRED = "inferred", "Inferred by the curator"  # a reading
    AMBIGUOUS = "ambiguous", "Ambiguous in the source"  # can be read in more than one way


class Slot(TextChoices):
    """A place in a configuration."""

    CONTEXT = "context", "Context"  # in what circumstances
    MECHANISM = "mechanism", "Mechanism"  # why
    OUTCOME = "outcome", "Outcome"  # what changes
    INTERVENTION = "intervention", "Intervention"  # what is done
    ACTOR = "actor", "Actor"  # who acts
    STRATEGY = "strategy", "Strategy"  # what those who run the programme do


class ReadingKind(TextChoices):
    """What a curator adds to a configuration without touching its printed words."""

    PLAIN_SUMMARY = "plain-summary", "In plain words"  # one sentence for readers outside research
    RESOURCE_REASONING = "resource-reasoning", "Resource and reasoning"  # the mechanism, split in two


class CaveatKind(TextChoices):
    """In which way a configuration, an outcome or a theory may not hold."""

    SCOPE = "scope", "Scope"  # what is meant to be left out
    CONDITION = "condition", "Condition"  # holds where this is so
    PRECONDITION = "precondition", "Precondition"  # must be so before
    INHIBITING_CONTEXT = "inhibiting-context", "Inhibiting context"  # weakens the mechanism
    UNSPECIFIED_CONTEXT = "unspecified-context", "Context left unspecified"  # the source does not pin it down
    NOT_TRIGGERED = "mechanism-not-triggered", "Mechanism not triggered"  # where it does not fire
    DISPLACED = "displaced-mechanism", "Mechanism displaced"  # fires in somebody else
    ALTERNATIVE = "not-refuted-alternative", "Alternative not refuted"  # another explanation still stands
    THIN_SUPPORT = "thin-support", "Thin support"  # rests on little evidence
    CONTRAST = "contrast-with-literature", "Contrast with the literature"  # others found otherwise
    DISTAL_OUTCOME = "distal-outcome", "More distal outcome"  # the outcome may be a step to another
    OPPOSING_OUTCOME = "opposing-outcome", "Opposing outcome"  # leads away from another outcome
    NEGATIVE_OUTCOME = "negative-outcome", "Negative outcome"  # may do harm
    SYSTEM_RISK = "system-risk", "Risk in the wider system"  # the surroundings may defeat the programme
    REFUTATION = "refutation", "Refutation"  # somebody disagreed with the configuration or outcome
    REFUTES_CAVEAT = "refutation-of-caveat", "Refutation of a caveat"  # somebody disagreed with a caveat
    LIMITATION = "limitation", "Limitation of the study"  # what the study did not ask
    SAMPLE_LIMIT = "sample-limit", "Limit of the sample"  # whom the study did not ask


class LinkKind(TextChoices):
    """How two configurations, or two outcomes, of a theory relate."""

    OUTCOME_BECOMES_CONTEXT = "outcome-becomes-context", "Outcome becomes context"  # a ripple
    DISTAL_OUTCOME = "distal-outcome", "May lead on to"  # a more distal outcome
    OPPOSES = "opposes", "Opposes"  # works against
    REINFORCES = "reinforces", "Reinforces"  # strengthens
    NESTED_IN = "nested-in", "Nested in"  # is a part of
    ALTERNATIVE_TO = "alternative-to", "Alternative to"  # explains the same in another way
    SIMILAR_CONTEXT = "similar-context", "Similar context"  # near-identical contexts in different words
    SIMILAR_MECHANISM = (
        "similar-mechanism",
        "Similar mechanism",
    )  # near-identical mechanisms in different words
    SAME_CONSTRUCT = "same-construct", "Same construct in another slot"  # context here, mechanism there


class LinkStatus(TextChoices):
    """How firmly a link is put."""

    STATED = "stated", "Stated"  # the source says so
    POSSIBLE = "possible", "Possible"  # the source holds it possible
    DECLINED = "declined", "Declined"  # those who were asked, or the source, did not want to draw it
    INFERRED = "inferred", "Inferred by the curator"  # a reading


class ConsentScope(TextChoices):
    """What a participant agreed to."""

    UNKNOWN = "unknown", "Not known"  # nobody has recorded it
    TEAM_ONLY = "team-only", "Study team only"  # words stay inside the team
    QUOTES_PUBLIC = "quotes-public", "Anonymous quotes may be published"  # words may be quoted


class SpeakerKind(TextChoices):
    """Who is called by a label in a transcript."""

    PARTICIPANT = "participant", "Participant"  # somebody who took part, whose consent and service the words have
    INTERVIEWER = "interviewer", "Interviewer"  # somebody of the study team
    UNKNOWN = "unknown", "Not known"  # somebody who spoke, and nobody has said who it was
    NOBODY = "nobody", "No speaker"  # words before a colon that name nobody


class UploadKind(TextChoices):
    """What a file that waits to be confirmed will become."""

    TRANSCRIPT = "transcript", "Transcript"  # a source with its text
    TABLE = "table", "Table of CMOCs"  # configurations of a theory


class ErasureKind(TextChoices):
    """What was erased for good."""

    WITHDRAWAL = "withdrawal", "Withdrawal"  # the words of somebody who took part
    PASSAGE = "passage", "Passage"  # letters that should never have been kept, such as a name


class QuoteConsent(TextChoices):
    """On what ground a quote may be shown."""

    UNKNOWN = "unknown", "Not known"  # nobody has recorded it: the quote stays private
    PARTICIPANT = "participant", "The participant's consent"  # recorded with the participant
    PUBLISHED = "published", "Already published"  # printed in an open publication
    NOT_REQUIRED = "not-required", "Not required"  # a public document, nobody's spoken words


class Asked(TextChoices):
    """Whether a study asked people of a kind."""

    YES = "yes", "Asked"  # some of them were interviewed, surveyed or observed
    NO = "no", "Not asked"  # none of them was


class SourceKind(TextChoices):
    """Where words come from."""

    INTERVIEW = "interview", "Interview"  # one participant
    FOCUS_GROUP = "focus-group", "Focus group"  # several participants
    SURVEY_ANSWER = "survey-answer", "Survey answer"  # free text of a questionnaire
    DOCUMENT = "document", "Document"  # a publication, policy or report
    FIELD_NOTE = "field-note", "Field note"  # what a researcher observed


class EvidenceRole(TextChoices):
    """What a quote does to a configuration."""

    SUPPORTS = "supports", "Supports"  # speaks for it
    REFINES = "refines", "Refines"  # says more exactly when or how
    COUNTERS = "counters", "Counters"  # speaks against it
    ILLUSTRATES = "illustrates", "Illustrates"  # shows what is meant, without weight


class MarkKind(TextChoices):
    """An editorial trace inside a quote as printed."""

    GLOSS = "gloss", "Words added by the editor"  # [peer support]
    CITATION = "citation", "Citation set into the words"  # [32]
    ELLIPSIS = "ellipsis", "Dots, omission or pause not said"  # ...
    PAGE_BREAK = "page-break", "Split by a page break in the source"  # joined again here


class MemoKind(TextChoices):
    """What a memo is about."""

    THEORY = "theory", "Theory"  # what a configuration means
    METHOD = "method", "Method"  # how it was arrived at
    DEFINITION = "definition", "Definition"  # what a word is taken to mean
    REFLEXIVE = "reflexive", "Reflexive"  # the researcher's own part in it
    QUESTION = "question", "Question"  # what remains open
    SOURCE_NOTE = "source-note", "Note on the source"  # an oddity of the printed source, kept and explained


class MemoAbout(TextChoices):
    """The kind of record that a memo is about."""

    CMOC = "cmoc", "CMOC"  # a configuration
    CONTEXT = "context", "Context"  # as the theory words it
    MECHANISM = "mechanism", "Mechanism"  # as the theory words it
    OUTCOME = "outcome", "Outcome"  # as the theory words it
    SUBSTANTIVE_THEORY = "substantive_theory", "Substantive theory"  # that the theory draws on
    QUOTE = "quote", "Quote"  # exact words
    SOURCE = "source", "Source"  # a transcript or document; such memos are never public
    SERVICE = "service", "Service"  # where something was found
    REFERENCE = "reference", "Reference"  # a work that the study cites
    THEORY = "theory", "Theory"  # as a whole
    STUDY = "study", "Study"  # none of the others: how the study was done


class MemoOrigin(TextChoices):
    """Where an oddity of a source comes from."""

    NOT_APPLICABLE = "", "Not about an oddity"  # any other memo
    PRINTED = "printed", "In the source as printed"  # the authors' or publisher's
    EXTRACTION = "extraction", "Made by text extraction"  # not on the printed page
    UNDECIDED = "undecided", "Cannot be told apart"  # needs the printed page
