"""Create the first curator's account."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from programmes.models import Membership, Study
from programmes.vocabulary import TeamRole

FIRST_CURATOR = "curator"


class Command(BaseCommand):
    """Create an account that leads every present study, if there is no account at all."""

    help = "If there is no account yet, create a curator with a random password, shown once."

    @transaction.atomic
    def handle(self, **_: Any) -> None:
        """Create the account and show its password."""
        users = get_user_model()._default_manager
        if users.exists():
            return
        password = secrets.token_urlsafe(12)
        user = users.create_user(FIRST_CURATOR, password=password)
        for study in Study.objects.all():
            Membership(study=study, user=user, role=TeamRole.LEAD).save()
        self.stdout.write(f"Account:  curator\nPassword: {password}   (shown only now; change it at the desk)")
