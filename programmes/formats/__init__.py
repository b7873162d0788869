"""File formats of other programs, one in each module."""
