#!/usr/bin/env python3
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

from realist.acts import command_logged

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "realist.settings")
    if sys.argv[1:2] == ["runserver"]:  # the one command that serves developers only; `make dev` prepares more
        from tools.dev import read_server_arguments
        from tools.run import told_in_a_sentence

        with told_in_a_sentence("manage.py runserver"):
            read_server_arguments(sys.argv[2:])
    with command_logged(sys.argv):
        execute_from_command_line(sys.argv)
