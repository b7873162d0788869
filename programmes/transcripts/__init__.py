"""Transcripts: reading files into text, lines and speakers, and finding passages again. No database is needed."""
