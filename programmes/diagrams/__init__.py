"""The web of configurations as a picture: numbers in Python, shapes in a template. No Django in here."""
