"""What is kept about each time that the database was restored from a backup."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from programmes.integrity.text import ShortTextField


class Restoration(models.Model):
    """The database was restored from a backup, and what was erased since was erased again.

    Who gave their word that no list of erasures is newer than that of the backup has signed it; nobody has where the
    newest list was at hand.
    """

    backup = ShortTextField(max_length=255)  # the name of its file
    made_at = models.DateTimeField(null=True, blank=True)  # the backup
    restored_at = models.DateTimeField(default=timezone.now)
    erasures_known = models.PositiveIntegerField()  # to the backup
    erasures_listed = models.PositiveIntegerField()  # on the newest list
    signed_by = ShortTextField(max_length=150, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Restored on {self.restored_at:%Y-%m-%d}"
