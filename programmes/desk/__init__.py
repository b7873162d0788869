"""The researchers' own screens."""
