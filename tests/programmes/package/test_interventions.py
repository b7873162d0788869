"""What is done, as one text of a CMOC in packages of format 1, becomes records of its own."""

from programmes.package.interventions import LONGEST_LABEL, label_of_text


def test_label_is_the_beginning_of_a_text_up_to_the_end_of_a_word():
    assert label_of_text("  A card \n with a number ") == "A card with a number"
    assert label_of_text("   ") == "…"
    cut = label_of_text("word " * 100)
    assert cut.endswith("word …")
    assert len(cut) <= LONGEST_LABEL
    assert len(label_of_text("x" * 500)) == LONGEST_LABEL
