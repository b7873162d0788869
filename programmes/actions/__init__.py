"""Writes that touch many records at once: all of it happens, or nothing."""
