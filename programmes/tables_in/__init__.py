"""Tables of configurations as articles, appendices and spreadsheets print them: pure Python, no database."""
