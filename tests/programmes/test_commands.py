import json
import re

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from knox.models import AuthToken

from programmes.integrity.invariants import install_triggers, remove_triggers
from programmes.models import Membership
from tests.factories import QuoteFactory, SourceFactory, StudyFactory, UserFactory


def test_first_curator_can_sign_in_and_curate(db, client, capsys):
    study = StudyFactory()
    call_command("create_first_curator")
    said = capsys.readouterr().out
    password = re.search(r"Password: (\S+)", said)[1]

    assert client.login(username="curator", password=password)
    assert list(Membership.objects.values_list("study", "role")) == [(study.pk, "lead")]
    assert client.get("/admin/programmes/cmoc/").status_code == 200


def test_first_curator_only_where_there_is_nobody(db, capsys):
    UserFactory(username="somebody")
    call_command("create_first_curator")
    assert (capsys.readouterr().out, User.objects.count()) == ("", 1)


def test_token_opens_what_its_owner_may_see(db, client, capsys):
    quote = QuoteFactory(visibility="private")
    user = UserFactory(username="script", is_superuser=True)
    call_command("create_token", "script", days=7, name="Nightly copy")
    token = re.search(r"Token: {2}(\S+)", capsys.readouterr().out)[1]

    address = f"/api/v1/quotes/{quote.study.slug}:{quote.key}/"
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"Authorization": f"Token {token}"}).json()["text"] == quote.text
    stored = AuthToken.objects.get(user=user)
    assert token not in (stored.digest, stored.token_key)
    assert stored.seal.name == "Nightly copy"
    assert round((stored.expiry - stored.created).total_seconds()) == 7 * 86_400


def test_token_whose_name_cannot_be_kept(db):
    UserFactory(username="script")
    with pytest.raises(CommandError, match="--name: This has 81 letters; at most 80 are kept"):
        call_command("create_token", "script", name="x" * 81)
    assert not AuthToken.objects.exists()


def test_token_that_is_wrong_is_refused(db, client):
    answer = client.get("/api/v1/quotes/", headers={"Authorization": "Token 0123456789"})
    assert (answer.status_code, answer["WWW-Authenticate"], answer.json()["detail"]) == (401, "Token", "Invalid token.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"days": 0}, "--days is 0; give a number from 1 to 366"),
        ({"days": 367}, "--days is 367; give a number from 1 to 366"),
        ({}, "there is no active account 'nobody'; make one in the admin under Users"),
    ],
)
def test_token_that_cannot_be(db, arguments, message):
    with pytest.raises(CommandError) as error:
        call_command("create_token", "nobody", **arguments)
    assert str(error.value) == message


def test_texts_of_an_older_version_are_listed(db, capsys):
    call_command("check_texts")
    assert capsys.readouterr().out == "no faults found\n"

    remove_triggers()
    study = StudyFactory(slug="peers", title="\u00a0", aim="a\r\nb", keywords=["x\x01"])
    SourceFactory(study=study, key="i1", text="a\r\nb\x07c", sha256="0", collected_date="2199-01-01")
    install_triggers()

    call_command("check_texts")
    assert capsys.readouterr().out.splitlines() == [
        "study peers, title: This shows nothing but white space. Give a text.",
        "study peers, aim: Its lines end in other ways than with a line feed. They stay so until the text is changed.",
        "study peers, keywords: This has U+0001 (START OF HEADING) in line 1, column 2. Delete it there.",
        "source peers:i1, collected date: 01 January 2199 has not come yet. Give the day on which it was done.",
        "source peers:i1, text: This has U+0007 (BELL) in line 2, column 2. Delete it there.",
        "5 faults found",
    ]


def test_what_would_be_read_from_a_file_is_shown(tmp_path, capsys):
    notes, plain = tmp_path / "a.vtt", tmp_path / "b.txt"
    notes.write_text("WEBVTT\n\nNOTE by Ada\n\n00:01.000 --> 00:02.000\n<v Ada>Oui, déjà.\n", encoding="utf-8")
    plain.write_bytes("P1: déjà".encode("cp1252"))

    call_command("read_transcript", str(notes), "--json")
    assert json.loads(capsys.readouterr().out) == {
        "file": str(notes),
        "text": "Ada: Oui, déjà.",
        "turns": [{"start": 5, "end": 15, "speaker": "Ada", "time": "0:00:01", "page": None, "words": "Oui, déjà."}],
        "left_out": [{"kind": "notes", "place": "line 3", "words": "NOTE by Ada"}],
        "kinds_left_out": [{"kind": "notes", "count": 1, "places": ["line 3"]}],
    }
    call_command("read_transcript", str(notes))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("Ada: Oui, déjà.\n", f"Not in the text of {notes}: notes: 1 (line 3)\n")
    call_command("read_transcript", str(plain), encoding="cp1252")
    assert capsys.readouterr().out == "P1: déjà\n"
    with pytest.raises(CommandError, match=r"b\.txt is not in Unicode"):
        call_command("read_transcript", str(plain))
    with pytest.raises(CommandError, match="No such file"):
        call_command("read_transcript", str(tmp_path / "none.txt"))
