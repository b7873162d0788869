"""The home page: it shows a real explanation where there is one."""

from tests.factories import CMOCFactory, EvidenceFactory, ReadingFactory, TheoryFactory, UserFactory

EXAMPLE = "One such explanation, and the words behind it"


def home(client):
    return client.get("/").content.decode()


def test_nothing_to_show(db, client):
    TheoryFactory()
    assert EXAMPLE not in home(client)


def test_example_is_one_that_is_supported_and_countered(db, client):
    theory = TheoryFactory()
    for _ in range(2):
        EvidenceFactory(cmoc=CMOCFactory(theory=theory), role="supports", quote__text="Not shown.")
    contested = CMOCFactory(theory=theory, title="Contested")
    EvidenceFactory(cmoc=contested, role="supports", quote__text="It helped.")
    EvidenceFactory(cmoc=contested, role="counters", quote__text="It did not.")
    page = home(client)
    assert [words in page for words in (EXAMPLE, "Contested", "It helped.", "It did not.", "Not shown.")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert page.index("Somebody speaks for it") < page.index("Somebody speaks against it")


def test_example_begins_with_it_in_plain_words_or_as_it_is_stated(db, client):
    example = EvidenceFactory(role="supports", cmoc__statement="Where they eat (C), they listen (O).").cmoc
    stated, plain = "Where they eat (C), they listen (O).", "Children who have eaten can listen."
    page = home(client)
    assert page.index(EXAMPLE) < page.index(stated) < page.index("Somebody speaks for it")
    ReadingFactory(cmoc=example, kind="plain-summary", text=plain)
    page = home(client)
    assert page.index(EXAMPLE) < page.index(plain) < page.index("Somebody speaks for it")
    assert stated not in page


def test_what_was_tested_for_readers_with_disabilities(client, db):
    assert "What is not accessible yet" in client.get("/accessibility/").content.decode()


def test_components_are_shown_to_staff(client, db):
    client.force_login(UserFactory(is_staff=True))
    assert "Every part that pages are built of" in client.get("/components/").content.decode()


def test_private_words_are_no_example(db, client):
    EvidenceFactory(quote__visibility="private")
    assert EXAMPLE not in home(client)
