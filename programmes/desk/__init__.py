"""The screens on which researchers work, beside the forms of the admin."""
