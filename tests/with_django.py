"""Sets Django up in a process that a test starts; such a process imports this module first."""

import django

django.setup()
