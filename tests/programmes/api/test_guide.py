"""The guide for programs does what it says: its blocks are run as they are printed, against a site that serves."""

import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

GUIDE = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
PRINTED = "http://127.0.0.1:8000"  # the site in the guide


def blocks(language, site):
    """Return the program that the blocks of a language are together, of a reader who goes through the guide."""
    return "\n".join(re.findall(f"```{language}\n(.*?)```", GUIDE, re.DOTALL)).replace(PRINTED, site)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def site(demo, live_server):
    return live_server.url


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_the_blocks_in_python_are_run_as_printed(site):
    told = "print('quotes', len(quotes))"
    status, said, complaints = run(sys.executable, "-c", f"{blocks('python', site)}\n{told}")

    assert (status, complaints) == (0, "")
    assert said.endswith("quotes 22\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_blocks_in_r_are_run_as_printed(site):
    told = "cat('quotes', nrow(quotes))"
    status, said, complaints = run("Rscript", "-e", f"{blocks('r', site)}\n{told}")

    assert (status, complaints) == (0, "")
    assert said.endswith("quotes 22")
    assert 'outcome "hop" is not known here; did you mean "hope"?' in said
