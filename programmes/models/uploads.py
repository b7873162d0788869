"""Files that wait to be confirmed by whoever gave them, and what is kept about those that were."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from programmes.integrity.text import ShortTextField
from programmes.models.studies import Study
from programmes.vocabulary import UploadKind

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT = dt.timedelta(days=1)  # that a file waits


class UploadQuerySet(models.QuerySet["Upload"]):
    """Files that wait."""

    def waiting_for(self, user: User) -> UploadQuerySet:
        """Return the files that somebody gave and has not confirmed, the first first."""
        return self.filter(uploader=user, uploaded__gt=timezone.now() - KEPT).order_by("pk")

    def forget_old(self) -> int:
        """Delete the files that have waited for a day, whoever gave them; return how many there were."""
        return self.filter(uploaded__lte=timezone.now() - KEPT).delete()[0]


class Upload(models.Model):
    """A file that was read and waits to be confirmed.

    Only who gave it sees it. It is gone after a day, when it is confirmed or thrown away, and with a withdrawal from
    its study.
    """

    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    study = models.ForeignKey(Study, models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=20, choices=UploadKind)
    name = ShortTextField(max_length=255)  # of the file
    content = models.JSONField()  # what was read from it
    uploaded = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UploadQuerySet] = UploadQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its queryset's methods

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class ImportReport(models.Model):
    """What is kept about files that were confirmed: what became of each, and what of it was left out.

    It names kinds, places and counts, and holds no word of a file nor its name.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="import_reports")
    kind = models.CharField(max_length=20, choices=UploadKind)
    signed_by = ShortTextField(max_length=150)
    confirmed = models.DateTimeField(default=timezone.now)
    files: Any = models.JSONField()  # for each: record, facts, left_out

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Report {self.pk}"
