"""Words by which somebody may be known again: what plain rules find, and what they say of themselves."""

import pytest

from programmes.transcripts.telling_words import language_of, rules_in_words, telling_words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "I sat with the others from the Thursday market and my brother-in-law, the baker, and he came out.",
            [("Thursday market", "a day and a place"), ("brother-in-law, the baker", "a relative and a trade")],
        ),
        (
            "In May 1987 my mum was 43 years old, and we may march on.",
            [("May 1987", "a date"), ("mum", "a relative"), ("43 years old", "an age")],
        ),
        (
            "You can call me on 01224 555 123 or a.b@post.example or at www.example.org, I live at AB12 3CD.",
            [
                ("01224 555 123", "a number"),
                ("a.b@post.example", "an address"),
                ("www.example.org", "an address"),
                ("AB12 3CD", "a place, an address and a name"),
            ],
        ),
        (
            "Dr Smith said it to Anna-Maria O’Neill from Marlow. The nurse’s hands shook, I’m sure of that.",
            [
                ("Dr Smith", "a name"),
                ("Anna-Maria O’Neill", "a name"),
                ("Marlow", "a place"),
                ("nurse", "a trade"),
            ],
        ),
        ("We went to the school at the end of the road.", [("to the school", "a place"), ("road", "a place")]),
        (
            "It was on 04.05.2026, or so they said to me. Good. And then it was 12.",
            [("04.05.2026", "a date"), ("12", "a number")],
        ),
        ("I was so glad that it was over. OK? And GP or not, the TV was on.", []),
        (
            "Ich habe der Lehrerin in der Schule am Montag gesagt, dass Frau Müller nicht da ist.",
            [
                ("Lehrerin", "a trade"),
                ("Schule", "a place"),
                ("Montag", "a day"),
                ("Frau Müller", "a relative and a name"),
            ],
        ),
        ("ذهبت إلى السوق مع أخي 12", [("12", "a number")]),
        ("", []),
    ],
)
def test_words_that_tell_are_found(text, found):
    assert [(text[one.start : one.end], one.says) for one in telling_words(text)] == found


def test_the_words_around_tell_the_language():
    assert telling_words("Die Hand") == []
    assert [one.says for one in telling_words("Hallo Hand", "")] == ["a name"]
    assert telling_words("Hallo Hand", "ich und du und der und die sind da") == []


def test_the_rules_say_that_they_miss_things():
    texts = ("It was in the end what they said", "je ne sais pas ce que c’est dans la", "xyz")
    assert [language_of(text) for text in texts] == ["en", "fr", ""]
    assert rules_in_words("en") == (
        "Found by plain rules for English: names, places, days, dates, numbers, ages, relatives, trades. They miss "
        "things. You decide."
    )
    assert rules_in_words("de").startswith("Found by plain rules for German: places, days")
    assert rules_in_words("") == (
        "Found by plain rules that have no list of words for this language: capitals, numbers and addresses alone. "
        "They miss things. You decide."
    )
