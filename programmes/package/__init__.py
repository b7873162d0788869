"""The theory package: one JSON document that holds a theory with its study, evidence and notes."""
