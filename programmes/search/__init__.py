"""The search: stemming, the full-text index kept by the database, the fields it covers, and its results."""
