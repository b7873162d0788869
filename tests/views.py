"""The pages on which a theory is seen."""

VIEWS = ("answer", "picture", "table", "sources")


def every_view(client, address, views=VIEWS):
    """Return what stands on the answer, the picture, the table and the sources of a theory, one after the other."""
    start, _, query = address.partition("?")
    answers = [client.get(f"{start}?view={view}&{query}".rstrip("&")) for view in views]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.content.decode() for answer in answers)
