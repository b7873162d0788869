"""The WSGI entry point, for gunicorn and other servers."""

import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "realist.settings")


def wait_at_most(seconds: int, database: dict[str, Any]) -> None:
    """Let whoever is served wait so long for what others have locked; commands and migrations wait longer."""
    options = database["OPTIONS"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        options["timeout"] = seconds
    else:
        options["options"] = f"{options.get('options', '')} -c lock_timeout={seconds}s"


wait_at_most(settings.LONGEST_WAIT, settings.DATABASES["default"])
application = get_wsgi_application()
