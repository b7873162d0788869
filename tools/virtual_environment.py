"""Build .venv from the hashed requirements, and bring it up to date when they change. Needs nothing but Python and pip.

With --tests the environment also holds what the tests and checks need. What a person installs into it by hand stays,
unless the environment has to be made anew because it is broken or belongs to another Python.
"""

import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME = "requirements.txt"
TESTS = "requirements-dev.txt"  # holds every line of requirements.txt too

IDENTITY = "import sys; print(sys.version, sys.base_prefix)"
# What runs in the environment: of the packages named, those that no other package there asks for.
UNNEEDED = """
import re, sys
from importlib.metadata import distributions
def plain(name): return re.sub("[-_.]+", "-", name).lower()
stale = set(sys.argv[1:])
installed = {plain(each.name): each.requires or [] for each in distributions()}
needed = {
    plain(re.match("[A-Za-z0-9._-]+", line)[0])
    for name, lines in installed.items() if name not in stale for line in lines
}
print(*sorted(stale & installed.keys() - needed))
"""


class CannotBuildError(Exception):
    """The environment cannot be built; the message says why and what to do."""


@dataclass
class Contents:
    """What the environment was filled with; kept in a file of its own, which goes when the environment goes."""

    python: str = ""
    requirements: dict[str, str] = field(default_factory=dict)  # the hash of each file that is installed completely
    packages: list[str] = field(default_factory=list)  # every package that came from one of our lists


def contents_file(venv: Path) -> Path:
    """Return the file that remembers what an environment was filled with."""
    return venv / "realist.json"


def read_contents(venv: Path) -> Contents:
    """Return what is remembered; nothing where the file is missing or was cut off."""
    try:
        return Contents(**json.loads(contents_file(venv).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Contents()


def write_contents(venv: Path, contents: Contents) -> None:
    """Remember what the environment is filled with."""
    contents_file(venv).write_text(json.dumps(asdict(contents), indent=1), encoding="utf-8")


def this_python() -> str:
    """Return which Python runs this, as an environment that it made would answer."""
    return f"{sys.version} {sys.base_prefix}".strip()


def hash_of(requirements: Path) -> str:
    """Return a hash of a file's text."""
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def packages_of(requirements: Path) -> set[str]:
    """Return the names of the packages that a file lists, spelt as pip compares them."""
    names = re.findall(r"^([A-Za-z0-9][\w.-]*)", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def is_current(venv: Path, requirements: Path) -> bool:
    """Return whether the environment holds exactly these requirements under this Python."""
    contents = read_contents(venv)
    return (
        (venv / "bin" / "python").exists()
        and contents.python == this_python()
        and contents.requirements.get(requirements.name) == hash_of(requirements)
    )


def fault_of(venv: Path) -> str:
    """Return why an environment cannot be brought up to date, or nothing where it can."""
    python = venv / "bin" / "python"
    if not python.exists():
        return "it has no Python that runs"
    command = [str(python), "-c", f"import pip\n{IDENTITY}"]
    answer = subprocess.run(command, capture_output=True, check=False, text=True)
    if answer.returncode:
        return "it has no pip that runs"
    return "" if answer.stdout.strip() == this_python() else "it belongs to another Python"


def create(venv: Path) -> None:
    """Make an empty environment in place of whatever is there."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise CannotBuildError(
            f"{sys.executable} lacks the venv module that Realist is installed with; "
            "on Debian and Ubuntu: apt install python3-venv"
        )
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False).returncode:
        raise CannotBuildError(f"{sys.executable} could not make {venv}; its own message stands above.")


def pip(venv: Path, *arguments: str) -> int:
    """Run the environment's pip and return its answer."""
    command = [str(venv / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    return subprocess.run([*command, *arguments], check=False).returncode


def install(venv: Path, requirements: Path) -> None:
    """Install the requirements, each checked against its hash.

    They are the whole list, so pip is not to look for more: some of its versions take "coverage[toml]" for a
    requirement of its own, pick the newest, and refuse it for having no hash here. Python compiles what it imports,
    which is less than half of what is installed, so pip does not.
    """
    if pip(venv, "install", "--require-hashes", "--no-deps", "--no-compile", "-r", str(requirements)):
        raise CannotBuildError(f"pip could not install {requirements.name}; its own message stands above.")


def remove(venv: Path, stale: set[str]) -> None:
    """Remove packages that our lists no longer name, unless one that stays asks for them."""
    command = [str(venv / "bin" / "python"), "-c", UNNEEDED, *sorted(stale)]
    unneeded = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    if unneeded and pip(venv, "uninstall", "--yes", *unneeded):
        raise CannotBuildError(f"pip could not remove {', '.join(unneeded)}; its own message stands above.")


def say(sentence: str) -> None:
    """Print at once, before pip's own words."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def build(*, with_tests: bool, venv: Path = VENV, root: Path = ROOT) -> bool:
    """Bring the environment up to date; return whether anything had to be done."""
    runtime, tests = root / RUNTIME, root / TESTS
    wanted = tests if with_tests else runtime
    if is_current(venv, wanted):
        return False
    if not venv.exists():
        say(f"Building {venv.name} from {wanted.name}; this takes a minute, once.")
        create(venv)
    elif fault := fault_of(venv):
        say(f"Building {venv.name} anew, because {fault}; what was installed into it by hand is gone.")
        create(venv)
    else:
        say(f"Bringing {venv.name} up to date with {wanted.name}; what was installed into it by hand stays.")
    listed = packages_of(runtime) | packages_of(tests)
    known = set(read_contents(venv).packages)
    # Until all is done the environment holds no list completely, which a start after an interruption must know.
    write_contents(venv, Contents(packages=sorted(known | packages_of(wanted))))
    install(venv, wanted)
    if stale := known - listed:
        remove(venv, stale)
    complete = [runtime, tests] if with_tests else [runtime]
    write_contents(
        venv,
        Contents(
            python=this_python(),
            requirements={requirements.name: hash_of(requirements) for requirements in complete},
            packages=sorted((known & listed) | packages_of(wanted)),
        ),
    )
    return True


def main(arguments: list[str]) -> int:
    """Build, or say in one sentence why not."""
    os.environ["PIP_USER"] = "0"  # a person's pip.conf may ask for --user, which no virtual environment allows
    try:
        build(with_tests="--tests" in arguments)
    except CannotBuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; the next start builds the rest.\n")
        sys.exit(130)
