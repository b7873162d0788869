"""Writes that touch many records at once, each in one transaction."""
