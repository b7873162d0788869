"""What must hold for every record: who may see it, what must never be false, how it is numbered. It knows no theory."""
