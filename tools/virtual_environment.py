"""Build .venv from the hashed requirements, and only when they or Python changed. Needs nothing but Python and pip.

With --tests the environment also holds what the tests and checks need.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME = "requirements.txt"
TESTS = "requirements-dev.txt"  # holds every line of requirements.txt too


class CannotBuildError(Exception):
    """The environment cannot be built; the message says why and what to do."""


def fingerprint(requirements: Path) -> str:
    """Return what the environment depends on: this Python and the text of the requirements."""
    python = f"{sys.version}\n{sys.base_prefix}\n".encode()
    return hashlib.sha256(python + requirements.read_bytes()).hexdigest()


def stamp(venv: Path, requirements: Path) -> Path:
    """Return the file that remembers from what an environment was built; it goes when the environment goes."""
    return venv / f"built-from-{requirements.name}"


def is_current(venv: Path, requirements: Path) -> bool:
    """Return whether the environment holds exactly these requirements under this Python."""
    remembered = stamp(venv, requirements)
    return remembered.is_file() and remembered.read_text(encoding="ascii") == fingerprint(requirements)


def can_be_extended(venv: Path, runtime: Path, tests: Path) -> bool:
    """Return whether the tests' requirements may be added on top: the rest is current, and no older ones are there."""
    return is_current(venv, runtime) and not stamp(venv, tests).exists()


def create(venv: Path) -> None:
    """Make an empty environment in place of whatever is there."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise CannotBuildError(
            f"{sys.executable} lacks the venv module that Realist is installed with; "
            "on Debian and Ubuntu: apt install python3-venv"
        )
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False).returncode:
        raise CannotBuildError(f"{sys.executable} could not make {venv}; its own message stands above.")


def install(venv: Path, requirements: Path) -> None:
    """Install the requirements, each checked against its hash.

    They are the whole list, so pip is not to look for more: some of its versions take "coverage[toml]" for a
    requirement of its own, pick the newest, and refuse it for having no hash here.
    """
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "-r", str(requirements)]
    if subprocess.run(command, check=False).returncode:
        raise CannotBuildError(f"pip could not install {requirements.name}; its own message stands above.")
    stamp(venv, requirements).write_text(fingerprint(requirements), encoding="ascii")


def build(*, with_tests: bool, venv: Path = VENV, root: Path = ROOT) -> bool:
    """Bring the environment up to date; return whether anything had to be done."""
    runtime, tests = root / RUNTIME, root / TESTS
    wanted = tests if with_tests else runtime
    if is_current(venv, wanted):
        return False
    sys.stdout.write(f"Building {venv.name} from {wanted.name}; this takes a minute, once.\n")
    sys.stdout.flush()
    if not (with_tests and can_be_extended(venv, runtime, tests)):
        create(venv)
    install(venv, wanted)
    if with_tests:
        stamp(venv, runtime).write_text(fingerprint(runtime), encoding="ascii")
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
