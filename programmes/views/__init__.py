"""Pages: each view translates an address, makes one call, and renders."""
