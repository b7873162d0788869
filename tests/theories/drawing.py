"""Drawing theories as text, from the database: what README.md shows, and what holds it true."""

from programmes.models import CMOC, Study, Theory

SIGNS = {"supports": "+", "counters": "\N{MINUS SIGN}", "refines": "~", "illustrates": "i"}


def universe_map() -> str:
    """Return the map of every study that is loaded, in the order of their short names."""
    return "\n\n".join(study_map(study) for study in Study.objects.order_by("slug")) + "\n"


def study_map(study: Study) -> str:
    lines = [f"STUDY {study.slug}: {study.kind}, {study.visibility}, of {study.programme.slug}"]
    lines += listed(
        "services", [f"{service.number} {sectors_of(service)}".strip() for service in study.services.order_by("number")]
    )
    lines += listed(
        "people",
        [f"{group.key} ({group.kind.key})" if group.kind else group.key for group in study.populations.order_by("key")],
    )
    lines += listed("speakers", [speaker(person) for person in study.participants.order_by("pseudonym")])
    lines += listed("sources", [f"{source.key} ({source.kind})" for source in study.sources.order_by("key")])
    lines += listed("quotes", [quote_text(quote) for quote in study.quotes.order_by("key")])
    lines += listed("works", [f"{work.number} {work.kind}" for work in study.references.order_by("number")])
    lines += listed("surveys", [f"{survey.slug}{mark(survey)}" for survey in study.surveys.order_by("slug")])
    lines += listed("memos", [f"{memo.key}{mark(memo)} on {memo.about}" for memo in study.memos.order_by("key")])
    for theory in study.theories.order_by("slug"):
        lines += ["", *theory_map(theory)]
    return "\n".join(lines)


def sectors_of(service) -> str:
    return "+".join(link.sector.key for link in service.sector_links.order_by("position", "pk"))


def theory_map(theory: Theory) -> list[str]:
    after = f", after {theory.predecessor.slug}" if theory.predecessor else ""
    lines = [f"  THEORY {theory.slug}: {theory.form}, {theory.stage or 'no stage said'}, {theory.visibility}{after}"]
    lines += listed("groups", [f"{group.number} {group.heading}" for group in theory.groups.order_by("number")])
    for cmoc in theory.cmocs.order_by("number"):
        lines += cmoc_map(cmoc)
    rest = theory.caveats.filter(cmoc=None).order_by("number")
    lines += listed("caveats", [f"{row.number} on {row.outcome.key if row.outcome else 'all'}" for row in rest])
    lines += listed("links", [link_text(link) for link in theory.cmoc_links.order_by("number")])
    lines += listed("draws on", [drawn_on(source) for source in theory.substantive_theories.order_by("key")])
    lines += listed("decisions", [decision(event) for event in theory.lineage.order_by("number")])
    return lines


def cmoc_map(cmoc: CMOC) -> list[str]:
    slots = " → ".join(
        " + ".join(getattr(link, slot).key for link in getattr(cmoc, f"{slot}_links").order_by("position")) or "·"
        for slot in slots_of_form(cmoc)
    )
    printed = f" [{cmoc.label}]" if cmoc.label else ""
    group = f" in {cmoc.group.number}" if cmoc.group else ""
    lines = [f"  {cmoc.number:>4} {cmoc.status:<10}{slots}{printed}{group}"]
    evidence = [
        f"{SIGNS[row.role]} {quote_text(row.quote)}{f' on {row.slot}' if row.slot else ''}"
        for row in cmoc.evidence.order_by("position")
    ]
    people = {
        "by": [link.population.key for link in cmoc.actor_links.order_by("position")],
        "for": [link.population.key for link in cmoc.beneficiary_links.order_by("position")],
        "stated": [link.service.number for link in cmoc.service_links.order_by("position")],
        "caveats": [str(row.number) for row in cmoc.caveats.order_by("number")],
        "reviews": [row.verdict for row in cmoc.reviews.order_by("number")],
    }
    said = [f"{name} {', '.join(entries)}" for name, entries in people.items() if entries]
    margin = " " * 17
    return lines + [margin + "; ".join(part) for part in (evidence, said) if part]


def slots_of_form(cmoc: CMOC) -> list[str]:
    """Return the slots that are drawn: before the three of every form what is done and what others do."""
    extra = [slot for slot in ("strategy", "intervention") if getattr(cmoc, f"{slot}_links").exists()]
    return [*extra, "context", "mechanism", "outcome"]


def listed(name: str, entries: list[str]) -> list[str]:
    return [f"  {name}: {'; '.join(entries)}"] if entries else []


def mark(row) -> str:
    return "" if row.visibility == "public" else "*"


def speaker(person) -> str:
    where = f" of {person.service.number}" if person.service else ""
    gone = ", withdrawn" if person.withdrawn_date else ""
    return f"{person.pseudonym}{where} ({person.consent_scope}{gone})"


def quote_text(quote) -> str:
    person = quote.participant
    where = f" [{person.service.number}]" if person and person.service else ""
    return f"{quote.key}{mark(quote)}{where}"


def link_text(link) -> str:
    start = link.source_cmoc.number if link.source_cmoc else link.source_outcome.key
    record = link.target_cmoc or link.target_outcome or link.target_context
    end = getattr(record, "number", getattr(record, "key", "")) or f"“{link.target_text}”"
    return f"{link.number} {start} {link.kind} {end} ({link.status})"


def drawn_on(source) -> str:
    informed = [str(link.cmoc.number) for link in source.cmoc_links.order_by("cmoc__number")]
    return f"{source.key} for {'all' if source.informs_all else ', '.join(informed)}"


def decision(event) -> str:
    steps = [
        f"{step.before.number}→{step.after.number if step.after else '·'}" for step in event.steps.order_by("position")
    ]
    return f"{event.number} {event.kind} {' '.join(steps)}"
