"""Django's server for development, which starts without its database and says so."""

import logging

from django.contrib.staticfiles.management.commands.runserver import Command as Runserver
from django.db import DatabaseError

from programmes.checks import why_no_database
from programmes.words import NobodysWords

log = logging.getLogger(__name__)


class Command(Runserver):
    """Serves, and takes up each change of the code."""

    def check_migrations(self) -> None:
        """Warn of migrations that are to be run, or of a database that does not answer."""
        try:
            super().check_migrations()
        except DatabaseError as error:
            log.warning("%s", NobodysWords(why_no_database(error)))
