import pytest
from django.core.exceptions import ImproperlyConfigured

from realist import env


def test_text_set(monkeypatch):
    monkeypatch.setenv("NAME", "  words  ")
    assert env.text("NAME", "default") == "words"


@pytest.mark.parametrize("value", ["", "   "])
def test_text_empty(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    assert env.text("NAME", "default") == "default"


def test_text_unset(monkeypatch):
    monkeypatch.delenv("NAME", raising=False)
    assert env.text("NAME") == ""


@pytest.mark.parametrize("value", ["true", "Yes", "ON", "1"])
def test_boolean_true(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    assert env.boolean("NAME", default=False) is True


@pytest.mark.parametrize("value", ["false", "No", "OFF", "0"])
def test_boolean_false(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    assert env.boolean("NAME", default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_boolean_unset(monkeypatch, default):
    monkeypatch.delenv("NAME", raising=False)
    assert env.boolean("NAME", default=default) is default


def test_boolean_unreadable(monkeypatch):
    monkeypatch.setenv("NAME", "perhaps")
    with pytest.raises(ImproperlyConfigured) as error:
        env.boolean("NAME", default=True)
    assert str(error.value) == "NAME is 'perhaps'; write true or false"


def test_integer_set(monkeypatch):
    monkeypatch.setenv("NAME", "12")
    assert env.integer("NAME", 7) == 12


def test_integer_unset(monkeypatch):
    monkeypatch.delenv("NAME", raising=False)
    assert env.integer("NAME", 7) == 7


def test_integer_unreadable(monkeypatch):
    monkeypatch.setenv("NAME", "twelve")
    with pytest.raises(ImproperlyConfigured) as error:
        env.integer("NAME", 7)
    assert str(error.value) == "NAME is 'twelve'; write a whole number"


def test_words_set(monkeypatch):
    monkeypatch.setenv("NAME", "one, two,,three ,")
    assert env.words("NAME") == ["one", "two", "three"]


def test_words_default(monkeypatch):
    monkeypatch.delenv("NAME", raising=False)
    assert env.words("NAME", "one,two") == ["one", "two"]


def test_path_set(monkeypatch, tmp_path):
    monkeypatch.setenv("NAME", str(tmp_path))
    assert env.path("NAME", tmp_path / "default") == tmp_path


def test_path_default(monkeypatch, tmp_path):
    monkeypatch.delenv("NAME", raising=False)
    assert env.path("NAME", tmp_path / "default") == tmp_path / "default"


def test_secret_in_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NAME", "from the environment")
    assert env.secret("NAME", tmp_path / "secret-key") == "from the environment"


def test_secret_in_file(monkeypatch, tmp_path):
    monkeypatch.delenv("NAME", raising=False)
    (tmp_path / "secret-key").write_text("from the file\n", encoding="ascii")
    assert env.secret("NAME", tmp_path / "secret-key") == "from the file"


def test_secret_nowhere(monkeypatch, tmp_path):
    monkeypatch.delenv("NAME", raising=False)
    with pytest.raises(ImproperlyConfigured) as error:
        env.secret("NAME", tmp_path / "secret-key")
    expected = "NAME is not set; give it a long random value (or start with `make run`)"
    assert str(error.value) == expected


@pytest.mark.parametrize(("value", "number"), [("", 1), ("0", 0), ("2", 2)])
def test_count(monkeypatch, value, number):
    monkeypatch.setenv("NAME", value)
    assert env.count("NAME", 1) == number


def test_count_negative(monkeypatch):
    monkeypatch.setenv("NAME", "-1")
    with pytest.raises(ImproperlyConfigured) as error:
        env.count("NAME", 0)
    assert str(error.value) == "NAME is -1; write 0 or more"


@pytest.mark.parametrize(("value", "word"), [("", "lines"), ("JSON", "json"), (" lines ", "lines")])
def test_one_of(monkeypatch, value, word):
    monkeypatch.setenv("NAME", value)
    assert env.one_of("NAME", "lines", "json") == word


def test_one_of_others(monkeypatch):
    monkeypatch.setenv("NAME", "xml")
    with pytest.raises(ImproperlyConfigured) as error:
        env.one_of("NAME", "lines", "json")
    assert str(error.value) == "NAME is 'xml'; write one of: lines, json"
