"""Surveys in the admin."""

from surveys.admin import surveys

__all__ = ["surveys"]
