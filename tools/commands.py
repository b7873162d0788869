"""Running other programs from the root of the checkout, under settings that do not depend on who runs them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTING_NAMES = (
    "ALLOWED_HOSTS",
    "API_RATE_ANONYMOUS",
    "API_RATE_USER",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_POOL_SIZE",
    "DATABASE_URL",
    "DEBUG",
    "HSTS_SECONDS",
    "HTTPS",
    "LOCAL_DIR",
    "LOG_LEVEL",
    "PORT",
    "SECRET_KEY",
    "WEB_CONCURRENCY",
    "WEB_THREADS",
)
CHECKING_KEY = "it signs nothing outside checks, and is as long and as varied as Django asks 0123456789"


def production_environment() -> dict[str, str]:
    """Return the environment of a production server with nothing but defaults, and no database to touch."""
    inherited = {name: value for name, value in os.environ.items() if name not in SETTING_NAMES}
    return {**inherited, "SECRET_KEY": CHECKING_KEY, "DATABASE_URL": "sqlite://:memory:"}


def python(*arguments: str) -> list[str]:
    """Return the command that runs a Python module or script of this environment."""
    return [sys.executable, *arguments]


def tool(name: str, *arguments: str) -> list[str]:
    """Return the command of a program that was installed beside this Python and is no module."""
    return [str(Path(sys.executable).parent / name), *arguments]


def run(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command from the root of the checkout and return its answer."""
    sys.stdout.flush()  # our own words come before the command's
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode
