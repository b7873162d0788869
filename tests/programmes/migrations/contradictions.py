"""A word that contradicts what it stands beside goes; every other stays."""

from django.db import connection
from django.utils import timezone

from programmes.models import CMOC, Participant, Study, Theory

ON_TABLE = {"sqlite": "", "postgresql": " ON programmes_theory"}
BEFORE = "0026_nothing_claimed_by_default"
# Of each participant the role and the word beside it, and what becomes of the word.
ROLES = [
    ("Nurse", "not-stated", ""),
    ("Nurse", "unclear", "unclear"),
    ("Nurse", "reported", "reported"),
    ("", "reported", ""),
    ("", "not-loaded", "not-loaded"),
]
# Of each study whose statements it has and what is said of its services and quotes, and what becomes of that.
ABSENCES = {
    "contradicted": ("printed", "not-yet", ""),
    "printed": ("printed", "none", "none"),
    "own": ("own", "not-yet", "not-yet"),
    "unsaid": ("", "not-yet", "not-yet"),
}
# Of each CMOC that is a candidate what it was before; in print the word stays only where somebody chose it.
STATUSES = [(), ("candidate",), ("refined",)]


def make_contradictions(apps):
    """Make a participant for each role, and a study with a theory for each absence."""

    def make(model, **values):
        return apps.get_model("programmes", model)._base_manager.create(**values)

    with connection.cursor() as cursor:  # of this version, which refuses what was possible before
        for event in ("insert", "update"):
            name = f'"invariant_theory_quotes_absence_fits_{event}"'
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{ON_TABLE[connection.vendor]}")
    programme = make("Programme", slug="contradictions", name="Contradictions")
    for slug, (statements, word, _) in ABSENCES.items():
        said = {"slug": slug, "title": slug}
        study = make("Study", programme=programme, kind="review", statements=statements, services_absence=word, **said)
        theory = make("Theory", study=study, quotes_absence=word, caveats_absence="none", **said)
        for number, earlier in enumerate(STATUSES, 1):
            cmoc = make("CMOC", theory=theory, number=number, statement="They hope.", status="candidate")
            for status in (*earlier, "candidate"):
                values = {"id": cmoc.pk, "theory_id": theory.pk, "number": number, "status": status}
                make("HistoricalCMOC", history_date=timezone.now(), history_type="~", **values)
    for number, (role, word, _) in enumerate(ROLES):
        make("Participant", study=study, pseudonym=f"p{number}", role=role, role_reporting=word)


def check_contradictions_are_gone():
    """Check each word."""
    known = {slug: after for slug, (_, _, after) in ABSENCES.items()}
    theories = Theory.objects.filter(slug__in=ABSENCES).values_list("slug", "quotes_absence", "caveats_absence")
    assert dict(Study.objects.filter(slug__in=ABSENCES).values_list("slug", "services_absence")) == known
    assert {slug: (quotes, caveats) for slug, quotes, caveats in theories} == {
        slug: (word, "none") for slug, word in known.items()
    }
    statuses = CMOC.objects.filter(theory__slug__in=ABSENCES).order_by("number").values_list("theory__slug", "status")
    found = {slug: [status for name, status in statuses if name == slug] for slug in ABSENCES}
    own, printed = ["candidate"] * 3, ["", "", "candidate"]
    assert found == {"contradicted": printed, "printed": printed, "own": own, "unsaid": own}
    said = CMOC.history.filter(theory__slug="printed").order_by("number", "pk").values_list("number", "status")
    assert [*said] == [(1, ""), (2, ""), (2, ""), (3, "refined"), (3, "candidate")]
    people = Participant.objects.filter(study__slug="unsaid").order_by("pseudonym")
    assert [*people.values_list("role_reporting", flat=True)] == [after for *_, after in ROLES]
