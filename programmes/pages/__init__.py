"""The pages that anybody may read: a page's query, its data and its view in one file."""
