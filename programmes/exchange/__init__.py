"""What other programs can open: one module for each kind of file."""
