"""Packages as everybody may have them."""

from programmes.package.covered_words import as_everybody_reads, for_others


def test_a_package_without_quotes_stays_without():
    assert for_others({"format": "x"}, set()) == {"format": "x"}


def test_a_quote_keeps_what_is_printed_of_it_and_where():
    quote = {"key": "q01", "text": "From the market", "text_as_printed": "“From the market”", "masks": ["9 15"]}
    read = as_everybody_reads({**quote, "locator": "p. 3"})
    assert (read["text"], read["text_as_printed"], read["locator"]) == ("From the […]", "“From the […]”", "p. 3")
    assert as_everybody_reads({"key": "q01", "text": "Words"})["text"] == "Words"
