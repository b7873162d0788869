import subprocess
import sys

import pytest

from tools import virtual_environment
from tools.commands import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A checkout with two requirements files; creating and installing are only written down."""
    (tmp_path / "requirements.txt").write_text("django==5.2\n", encoding="ascii")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2\npytest==9\n", encoding="ascii")
    done = []

    def create(venv):
        done.append("create")
        venv.mkdir(exist_ok=True)
        for stamp in venv.iterdir():
            stamp.unlink()

    def install(venv, requirements):
        done.append(requirements.name)
        fingerprint = virtual_environment.fingerprint(requirements)
        virtual_environment.stamp(venv, requirements).write_text(fingerprint, encoding="ascii")

    monkeypatch.setattr(virtual_environment, "create", create)
    monkeypatch.setattr(virtual_environment, "install", install)

    def build(*, with_tests):
        done.clear()
        virtual_environment.build(with_tests=with_tests, venv=tmp_path / ".venv", root=tmp_path)
        return list(done)

    return tmp_path, build


def test_build_first_time(project):
    _, build = project
    assert build(with_tests=False) == ["create", "requirements.txt"]


def test_build_second_time(project):
    _, build = project
    build(with_tests=False)
    assert build(with_tests=False) == []


def test_build_tests_on_top(project):
    _, build = project
    build(with_tests=False)
    assert build(with_tests=True) == ["requirements-dev.txt"]


def test_build_tests_serves_the_site_too(project):
    _, build = project
    build(with_tests=True)
    assert build(with_tests=False) == []


def test_build_changed_requirements(project):
    root, build = project
    build(with_tests=True)
    (root / "requirements.txt").write_text("django==5.3\n", encoding="ascii")
    assert build(with_tests=False) == ["create", "requirements.txt"]


def test_build_changed_test_requirements(project):
    root, build = project
    build(with_tests=True)
    (root / "requirements-dev.txt").write_text("django==5.2\npytest==10\n", encoding="ascii")
    assert build(with_tests=True) == ["create", "requirements-dev.txt"]


def test_build_changed_python(project, monkeypatch):
    _, build = project
    build(with_tests=False)
    monkeypatch.setattr(sys, "version", "3.13.99")
    assert build(with_tests=False) == ["create", "requirements.txt"]


def test_build_after_an_interrupted_one(project):
    root, build = project
    (root / ".venv").mkdir()
    assert build(with_tests=False) == ["create", "requirements.txt"]


@pytest.mark.once
def test_requirements_are_whole():
    """The environment, which pip filled without looking for what a package needs, lacks nothing."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (answer.returncode, answer.stdout) == (0, "No broken requirements found.\n")


def test_create_without_ensurepip(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(virtual_environment.CannotBuildError) as error:
        virtual_environment.create(tmp_path)
    assert str(error.value) == (
        f"{sys.executable} lacks the venv module that Realist is installed with; "
        "on Debian and Ubuntu: apt install python3-venv"
    )


def find_python(*arguments, path):
    return subprocess.run(
        ["/bin/sh", ROOT / "tools" / "find_python.sh", *arguments],
        capture_output=True,
        check=False,
        cwd=path,
        env={"PATH": str(path)},
        text=True,
    )


def write_python(folder, name, version, *, supported):
    file = folder / name
    answer = f'[ "$1" = --version ] && echo "Python {version}" && exit 0\nexit {0 if supported else 1}\n'
    file.write_text(f"#!/bin/sh\n{answer}", encoding="ascii")
    file.chmod(0o755)
    return str(file)


def test_find_python_newest(tmp_path):
    write_python(tmp_path, "python3", "3.11.2", supported=True)
    newest = write_python(tmp_path, "python3.12", "3.12.1", supported=True)
    answer = find_python(path=tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{newest}\n", "")


def test_find_python_stub_of_a_version_manager(tmp_path):
    write_python(tmp_path, "python3.13", "", supported=False)
    works = write_python(tmp_path, "python3", "3.11.2", supported=True)
    answer = find_python(path=tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{works}\n", "")


def test_find_python_asked_for(tmp_path):
    write_python(tmp_path, "python3.13", "3.13.0", supported=True)
    asked = write_python(tmp_path, "mine", "3.11.2", supported=True)
    answer = find_python(asked, path=tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{asked}\n", "")


def test_find_python_asked_for_is_old(tmp_path):
    asked = write_python(tmp_path, "mine", "3.9.1", supported=False)
    answer = find_python(asked, path=tmp_path)
    sentence = f"Realist needs Python 3.11, 3.12 or 3.13, but PYTHON={asked} is Python 3.9.1.\n"
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", sentence)


def test_find_python_only_old(tmp_path):
    write_python(tmp_path, "python3", "3.9.1", supported=False)
    answer = find_python(path=tmp_path)
    sentence = (
        "Realist needs Python 3.11, 3.12 or 3.13, but found Python 3.9.1; "
        "install one, or name it: make run PYTHON=/path/to/python3.12\n"
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", sentence)
