"""Measure every type of page with 12 CMOCs, and with 300 CMOCs and 10,000 quotes: server time and compressed size.

The screen where a transcript is coded is measured with 40 lines, and with 100,000 words and 2,000 quotes. The time is
that of the whole answer inside one process, as a web server would give it; only the ratio of the two sizes carries over
to other machines.
"""

from __future__ import annotations

import gzip
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from tools.commands import ROOT, python

if TYPE_CHECKING:
    from django.test import Client

CMOCS, QUOTES, SERVICES = 300, 10_000, 60
ROUNDS = 7
LINES = {"40 lines": 40, "2,000 lines": 2_000}  # of a transcript, each with 51 words and one quote
SIZES = {"12 CMOCs": "thompson-2023", "300 CMOCs, 10,000 quotes": "large"}
REVIEWS = {"36 CMOCs": 36, "750 CMOCs": 750}  # of documents, each CMOC with elements of its own


def large_theory() -> None:
    """Add a theory as large as the largest that pages must be quick for, in the shape of the demo."""
    from programmes.models import (  # noqa: PLC0415  models exist only once apps are ready
        CMOC,
        CMOCBeneficiary,
        CMOCContext,
        CMOCMechanism,
        CMOCOutcome,
        Context,
        Evidence,
        Mechanism,
        Outcome,
        Participant,
        Population,
        Quote,
        Sector,
        Service,
        ServiceSector,
        Study,
        Theory,
    )

    def copies(model: type[Any], count: int, /, **changes: Any) -> list[Any]:
        """Return rows like the first one of the demo."""
        pattern = model.objects.order_by("pk").values()[0]
        del pattern["id"]
        rows = [
            {**pattern, **{name: change(n) if callable(change) else change for name, change in changes.items()}}
            for n in range(count)
        ]
        made: list[Any] = model.objects.bulk_create([model(**row) for row in rows])
        return made

    (study,) = copies(Study, 1, slug="large", title="A large study")
    (theory,) = copies(Theory, 1, study_id=study.pk, slug="large")
    services = copies(Service, SERVICES, study_id=study.pk, number=lambda n: f"{n + 1:02}")
    (sector,) = copies(Sector, 1, study_id=study.pk, key="charity")
    copies(ServiceSector, SERVICES, service_id=lambda n: services[n].pk, sector_id=sector.pk)
    speakers = copies(Participant, SERVICES, study_id=study.pk, pseudonym=str, service_id=lambda n: services[n].pk)
    (people,) = copies(Population, 1, study_id=study.pk, kind_id=None)
    cmocs = copies(CMOC, CMOCS, theory_id=theory.pk, number=lambda n: n + 1)
    for model, link, name, number in (
        (Context, CMOCContext, "context", 60),
        (Mechanism, CMOCMechanism, "mechanism", CMOCS),
        (Outcome, CMOCOutcome, "outcome", 15),
    ):
        extra = {"resource_id": None} if model is Mechanism else {}
        parts = copies(model, number, theory_id=theory.pk, key=str, label=lambda n, name=name: f"{name} {n}", **extra)
        of_cmoc = {f"{name}_id": lambda n, parts=parts: parts[n * 7 % len(parts)].pk}
        copies(link, CMOCS, cmoc_id=lambda n: cmocs[n].pk, **of_cmoc)
    copies(CMOCBeneficiary, CMOCS, cmoc_id=lambda n: cmocs[n].pk, population_id=people.pk)
    quotes = copies(
        Quote,
        QUOTES,
        study_id=study.pk,
        source_id=None,
        key=lambda n: f"g{n:05}",
        participant_id=lambda n: speakers[n % SERVICES].pk,
    )
    copies(Evidence, QUOTES, cmoc_id=lambda n: cmocs[n % CMOCS].pk, quote_id=lambda n: quotes[n].pk)


def transcript(lines: int) -> int:
    """Add a transcript in which every line has a quote, and return its number."""
    from programmes.models import CMOC, Evidence, Quote, Source, Study  # noqa: PLC0415
    from programmes.transcripts.read import checksum  # noqa: PLC0415

    chance = random.Random(lines)  # noqa: S311  generated data, no secret
    spoken = [" ".join(["P:", *(f"word{chance.randrange(5000)}" for _ in range(50))]) for _ in range(lines)]
    text = "\n".join(spoken)
    study = Study.objects.get(slug="thompson-2023")
    source = Source.objects.create(
        study=study, key=f"long-{lines}", kind="interview", title="A long interview", text=text, sha256=checksum(text)
    )
    quotes, start = [], 0
    for number, line in enumerate(spoken):
        passage = {"text": line[3:40], "start": start + 3, "end": start + 40}
        quotes.append(Quote(study=study, key=f"l{lines}-{number}", source=source, visibility="private", **passage))
        start += len(line) + 1
    quotes = Quote.objects.bulk_create(quotes)
    cmocs = list(CMOC.objects.filter(theory__slug="thompson-2023"))
    Evidence.objects.bulk_create(
        Evidence(cmoc=cmocs[number % len(cmocs)], quote=quote, role="supports", position=number + 100)
        for number, quote in enumerate(quotes)
    )
    return int(source.pk)


def measure_page(client: Client, page: str, addresses: dict[str, str]) -> None:
    """Print how long a page takes and how large it is, at each size."""
    times = []
    words = []
    for size, address in addresses.items():
        calls = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            response = client.get(address)
            calls.append(time.perf_counter() - started)
        if response.status_code != 200:  # noqa: PLR2004  an answer
            sys.exit(f"{address} answered {response.status_code}")
        times.append(statistics.median(calls))
        words.append(f"{size}: {times[-1] * 1000:4.0f} ms, {len(gzip.compress(response.content)) / 1024:5.1f} KB")
    print(f"  {page:46} {'; '.join(words)}; {times[1] / times[0]:.1f} ×", flush=True)


def review_of_documents(number: int) -> str:
    """Load a review of documents with so many configurations, and return the address of its theory."""
    from django.core.management import call_command  # noqa: PLC0415  models exist only once apps are ready

    from tests.theories.audit_review import audit_review_bytes  # noqa: PLC0415

    slug = f"review-{number}"
    written = audit_review_bytes(number).replace(b"audit-review", slug.encode())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "package.json"
        file.write_bytes(written)
        call_command("load_package", str(file), verbosity=0)
    return slug


def measure() -> None:
    """Print how long each page takes and how large it is, for both theories, and for reviews of two sizes."""
    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415  models exist only once apps are ready
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    large_theory()
    client = Client()
    for page in (
        "/",
        "/theories/{}/",
        "/theories/{}/?outcome={}",
        "/theories/{}/cmocs/2/",
        "/theories/{}/outcomes/{}/",
        "/theories/{}/evidence/",
        "/theories/{}/evidence/?role=supports&q=peer",
        "/theories/{}/matrix/",
        "/theories/{}/setting/?sector=charity",
        "/studies/{}/",
        "/studies/{}/services/",
        "/studies/{}/services/12/",
        "/search/?q=peer",
    ):
        named = {size: (theory, "7" if theory == "large" else "hope") for size, theory in SIZES.items()}
        measure_page(client, page, {size: page.format(*names) for size, names in named.items()})
    reviews = {size: review_of_documents(number) for size, number in REVIEWS.items()}
    for page in (
        "/theories/{}/",
        "/theories/{}/?view=picture",
        "/theories/{}/?view=picture&outcome=o1",
        "/theories/{}/?view=table",
        "/theories/{}/?view=sources",
        "/theories/{}/evidence/",
        "/theories/{}/matrix/",
        "/theories/{}/cmocs/7/",
        "/theories/{}/slides/?outcome=o1",
        "/theories/{}/earlier/",
    ):
        measure_page(client, page, {size: page.format(slug) for size, slug in reviews.items()})
    client.force_login(User.objects.create_superuser("curator"))
    page = "/admin/programmes/source/{}/code/"
    measure_page(client, page, {size: page.format(transcript(lines)) for size, lines in LINES.items()})


def main() -> int:
    """Measure in a process of its own, in a database of its own."""
    print("pages", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DJANGO_SETTINGS_MODULE": "realist.settings",
            "HTTPS": "false",
            "SECRET_KEY": "x" * 60,
            "ALLOWED_HOSTS": "testserver",
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
        }
        command = python("-m", "tools.bench_pages", "here")
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        measure()
    else:
        sys.exit(main())
