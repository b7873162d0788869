"""Where the words of a quote stand in its source."""

from typing import Any

PIECE = r"(\d{1,9}) (\d{1,9})"


def span_matches_source(quote: Any) -> bool:
    """Say whether the words of a quote stand at its span in its source, or at the spans of its pieces."""
    if quote.start is None or quote.source is None:
        return True
    text = quote.source.text
    if quote.pieces:
        spans = [tuple(map(int, piece.split())) for piece in quote.pieces]
        places = [place for span in spans for place in span]
        whole = (places[0], places[-1]) == (quote.start, quote.end) and places == sorted(set(places))
        return whole and places[-1] <= len(text) and quote.text == "\n".join(text[slice(*span)] for span in spans)
    return quote.end is not None and quote.end <= len(text) and bool(text[quote.start : quote.end] == quote.text)
