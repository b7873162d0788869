"""What the Makefile calls: building the environment, running the site, running the tests and checks."""
