"""The theory package: one JSON document with a theory, its study, evidence and notes."""
