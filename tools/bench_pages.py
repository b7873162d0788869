"""Measure every type of page with 12 CMOCs, and with 300 CMOCs and 10,000 quotes: server time and compressed size.

The time is that of the whole answer inside one process, as a web server would give it; only the ratio of the two sizes
of theory carries over to other machines.
"""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

from tools.commands import ROOT, python

CMOCS, QUOTES, SERVICES = 300, 10_000, 60
ROUNDS = 7
SIZES = {"12 CMOCs": "thompson-2023", "300 CMOCs, 10,000 quotes": "large"}


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
        Service,
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
    speakers = copies(Participant, SERVICES, study_id=study.pk, pseudonym=str, service_id=lambda n: services[n].pk)
    (people,) = copies(Population, 1, study_id=study.pk)
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


def measure() -> None:
    """Print how long each page takes and how large it is, for both theories."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  models exist only once apps are ready
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
        times = []
        words = []
        for size, theory in SIZES.items():
            address = page.format(theory, "hope" if theory != "large" else "7")
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
