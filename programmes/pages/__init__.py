"""The public pages: each file holds a page's query, its data and its view."""
