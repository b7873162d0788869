"""The environment of every test, set before Django reads its settings: the same on each machine and in each shell.

pytest loads this module first of all, because pyproject.toml names it with `-p`.
"""

import gc
import os
from pathlib import Path

LOCAL_DIR = Path(__file__).resolve().parent.parent / ".local" / "tests"
SETTINGS = {
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "API_RATE_ANONYMOUS": "1000000/minute",
    "API_RATE_USER": "1000000/minute",
    "BEHIND_PROXY": "false",
    "CSRF_TRUSTED_ORIGINS": "",
    "DATABASE_POOL_SIZE": "8",
    # The person's own DATABASE_URL may name a database that matters, so tests look at a variable of their own.
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{LOCAL_DIR / 'never-used.sqlite3'}",
    "DEBUG": "false",
    "HSTS_SECONDS": "",
    "HTTPS": "false",
    "LOCAL_DIR": str(LOCAL_DIR),
    "ERASURE_KEY": "",
    "SECRET_KEY_FALLBACKS": "",
    "ERASURES_FILE": "",
    "LOG_FORMAT": "",
    "LOG_LEVEL": "WARNING",
    "LOSE_DATA": "true",  # tests go back and forth; one of its own asks what is refused
    "PORT": "",
    "TRUSTED_PROXIES": "",
    "SESSION_IDLE_MINUTES": "",
    "SECRET_KEY": "the key of the tests",
    "WEB_CONCURRENCY": "",
    "WEB_THREADS": "",
}

os.environ.update(SETTINGS)
# Playwright keeps an event loop in its thread, which Django would otherwise take for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Of the many small objects of a test few are garbage in circles; looking for it so often takes a sixth of the time.
gc.set_threshold(100_000, 50, 100)
(LOCAL_DIR / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a folder that is missing
