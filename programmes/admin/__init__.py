"""The admin, where researchers curate. Each module is named as the models' module it serves."""

from programmes.admin import curation, evidence, services, studies, theory, theory_notes

__all__ = ["curation", "evidence", "services", "studies", "theory", "theory_notes"]
