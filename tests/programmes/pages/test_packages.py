"""The package of a theory at an address: what each reader gets, and that it loads and says the same."""

import base64
import hashlib
import json

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator
from knox.models import AuthToken

from programmes.models import LineageEvent, Memo, Participant, Programme, Quote, Source, Study, Theory
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.reader import IN_A_TRANSCRIPT, KEPT_BY_TEAM, key_of_stand_in
from programmes.package.schema import package_schema
from programmes.package.write import write_package
from tests.theories import NAMES

PUBLIC = [name for name in NAMES if name not in {"gardens-first", "night-shift"}]
STUDY_OF = {"breakfast": "breakfast-2024", "discharge": "discharge-2023"}
RESOURCES = ("theories", "cmocs", "quotes", "evidence", "services", "memos", "surveys", "lineage", "caveats")
# What a row says of the record's past in this base, and not of the theory.
OF_THIS_BASE = {"modified", "version"}


def package_at(client, slug, query=""):
    response = client.get(reverse("package", args=[slug]) + query)
    assert response.status_code == 200
    return response


def empty_the_base():
    """Delete every study, with what the records of others hold on to first."""
    LineageEvent.objects.exclude(reverses=None).delete()
    Theory.objects.filter(predecessor__isnull=False).delete()
    Study.objects.all().delete()
    Programme.objects.all().delete()


def rows_of(client, resource):
    rows = client.get(f"/api/v1/{resource}/?page_size=1000").json()["results"]
    rows = [{name: value for name, value in row.items() if name not in OF_THIS_BASE} for row in rows]
    for row in rows:
        if row.get("locator") == IN_A_TRANSCRIPT:  # which says where a quote stands of which no place is told
            row["locator"] = ""
    return sorted(rows, key=lambda row: row["id"])


def test_a_package_has_a_checksum_in_its_headers_and_beside_it(universe, client):
    response = package_at(client, "breakfast")
    digest = hashlib.sha256(response.content)
    beside = client.get(reverse("package-checksum", args=["breakfast"]))

    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="breakfast-package.json"'
    assert response["ETag"] == f'"{digest.hexdigest()}"'
    assert response["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert beside.content.decode() == f"{digest.hexdigest()}  breakfast-package.json\n"
    assert package_at(client, "breakfast").content == response.content
    kept = client.get(reverse("package", args=["breakfast"]), headers={"If-None-Match": response["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    as_sent = client.get(reverse("package", args=["breakfast"]), headers={"Accept-Encoding": "gzip"})
    assert (as_sent.content, "Content-Encoding" in as_sent) == (response.content, False)
    assert (
        client.get("/api/v1/theories/breakfast/").json()["package"]
        == "http://testserver/theories/breakfast/package.json"
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_what_everybody_gets_fits_the_schema_loads_and_says_the_same(universe, client, name):
    package = package_at(client, name).content
    before = {resource: rows_of(client, resource) for resource in RESOURCES}
    assert list(Draft202012Validator(package_schema()).iter_errors(json.loads(package))) == []

    empty_the_base()
    read_package(package)

    assert package_at(client, name).content == package
    assert write_package(Theory.objects.get(slug=name)) == package
    for resource in RESOURCES:
        after = rows_of(client, resource)
        assert after == [row for row in before[resource] if row["id"].startswith((name, STUDY_OF.get(name, name)))]


def test_nobody_learns_who_spoke_nor_which_quotes_are_of_one_person(universe, client):
    package = package_at(client, "breakfast")
    document = json.loads(package.content)
    text = package.content.decode()

    for word in (*Participant.objects.values_list("pseudonym", flat=True), "note-door", "volunteer-jam", "pupil-names"):
        assert f'"{word}"' not in text
    assert [row["participant"] for row in document["quotes"] if "participant" in row] == [
        row["pseudonym"] for row in sorted(document["participants"], key=lambda row: row["pseudonym"])
    ]
    cook = next(row for row in document["participants"] if row["pseudonym"] == "not-told-cook-belly")
    assert cook["service"] == "01"
    assert {row["title"] for row in document["sources"]} == {KEPT_BY_TEAM}
    assert {row["visibility"] for row in document["quotes"]} == {"public"}
    assert {row["visibility"] for row in document["memos"]} == {"public"}
    assert all("text" not in row and "speakers" not in row for row in document["sources"])


def test_each_role_of_the_team_gets_what_it_may_see(accounts, client):
    found = {}
    for role in ("reader", "reviewer", "curator", "lead"):
        client.force_login(accounts[role])
        assert package_at(client, "breakfast").content == package_at(client, "breakfast", "?copy=readers").content
        found[role] = json.loads(package_at(client, "breakfast", "?copy=team").content)
        assert package_at(client, "breakfast", "?copy=team")["Content-Disposition"].endswith(
            '"breakfast-package-team.json"'
        )
    theory = Theory.objects.select_related("study__programme").get(slug="breakfast")
    whole = json.loads(write_package(theory))

    assert found["lead"] == found["curator"] == whole
    keys = {role: {row["key"] for row in document["quotes"]} for role, document in found.items()}
    assert keys["reader"] < keys["reviewer"] == keys["lead"]
    hidden = next(row for row in found["reviewer"]["quotes"] if row["key"] == "note-door")
    assert ("consent" in hidden, hidden["source"]) == (False, "not-told-note-door")
    private = set(Memo.objects.filter(study=theory.study, visibility="private").values_list("key", flat=True))
    memos = {role: {row["key"] for row in document["memos"]} for role, document in found.items()}
    assert memos["reader"].isdisjoint(private)
    assert private <= memos["lead"]
    assert "field-note" not in memos["reviewer"]
    for role in ("reader", "reviewer"):
        empty_the_base()
        read_package(json.dumps(found[role]).encode())
        assert json.loads(write_package(Theory.objects.get(slug="breakfast"))) == found[role]


def test_words_beneath_masks_are_for_the_team(accounts, client):
    quote = Quote.objects.get(key="cook-belly")
    quote.masks = [f"0 {len(quote.text.split()[0])}"]
    quote.save()
    client.force_login(accounts["reader"])

    def words(query):
        document = json.loads(package_at(client, "breakfast", query).content)
        row = next(row for row in document["quotes"] if row["key"] == "cook-belly")
        return row["text"], row.get("masks")

    assert words("") == (quote.shown_text, None)
    assert words("?copy=team") == (quote.text, quote.masks)


def test_what_is_not_there_for_a_reader_has_no_package(accounts, client):
    for name in ("gardens-first", "night-shift", "nowhere"):
        for address in ("package", "package-checksum"):
            assert client.get(reverse(address, args=[name])).status_code == 404
    assert client.get("/theories/breakfast/package.json?copy=team").status_code == 403
    refused = client.get("/theories/breakfast/package.json?copy=all")
    assert (refused.status_code, refused.content.decode()[:18]) == (400, "“all” is no copy; ")
    assert client.get("/theories/breakfast/package.json?views=1").status_code == 400
    assert client.post("/theories/breakfast/package.json").status_code == 405
    client.force_login(accounts["reader"])
    assert json.loads(package_at(client, "gardens-first").content)["theory"]["slug"] == "gardens-first"
    client.force_login(accounts["lead"])
    assert json.loads(package_at(client, "gardens").content)["theory"].get("predecessor") is None
    assert json.loads(package_at(client, "gardens", "?copy=team").content)["theory"]["predecessor"] == "gardens-first"


def test_a_package_is_read_with_a_token(accounts, client):
    token = {"Authorization": f"Bearer {AuthToken.objects.create(user=accounts['lead'])[1]}"}
    address = reverse("package", args=["night-shift"])

    assert client.get(address).status_code == 404
    assert client.get(address, headers=token).status_code == 200
    wrong = client.get(address, headers={"Authorization": "Token nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong-token")


def test_stand_ins_have_keys_that_fit():
    assert key_of_stand_in("q01") == "not-told-q01"
    assert len(key_of_stand_in("q" * 80)) <= 80


def test_a_package_for_others_does_not_hide_who_spoke_where_that_is_known(universe, client):
    with pytest.raises(PackageError) as refused:
        read_package(package_at(client, "breakfast").content)
    assert {problem.message for problem in refused.value.problems} == {
        "leaves out who speaks or where, which is known here"
    }
    assert Source.objects.filter(key__startswith="not-told-").count() == 0
