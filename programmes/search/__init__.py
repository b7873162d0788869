"""The search: stems of words, the index that the database keeps, what is searched where, and finding."""
