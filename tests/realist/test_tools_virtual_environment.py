import base64
import hashlib
import shutil
import subprocess
import sys
import zipfile

import pytest

from tools import virtual_environment
from tools.commands import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A checkout with two requirements files; what is done to the environment is only written down."""
    (tmp_path / "requirements.txt").write_text("django==5.2\n", encoding="ascii")
    (tmp_path / "requirements-dev.txt").write_text(
        "django==5.2\nPyTest_cov==6 \\\n    --hash=sha256:0\n", encoding="ascii"
    )
    done = []

    def create(venv):
        done.append("create")
        shutil.rmtree(venv, ignore_errors=True)
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").touch()

    monkeypatch.setattr(virtual_environment, "create", create)
    monkeypatch.setattr(virtual_environment, "fault_of", lambda _venv: "")
    monkeypatch.setattr(virtual_environment, "install", lambda _venv, requirements: done.append(requirements.name))
    monkeypatch.setattr(virtual_environment, "remove", lambda _venv, stale: done.append(f"remove {sorted(stale)}"))

    def build(*, with_tests):
        done.clear()
        virtual_environment.build(with_tests=with_tests, venv=tmp_path / ".venv", root=tmp_path)
        return list(done)

    return tmp_path, build


def test_build_first_time(project, capsys):
    _, build = project
    assert build(with_tests=False) == ["create", "requirements.txt"]
    assert capsys.readouterr().out == "Building .venv from requirements.txt; this takes a minute, once.\n"


def test_build_second_time(project):
    _, build = project
    build(with_tests=False)
    assert build(with_tests=False) == []


def test_build_tests_on_top(project, capsys):
    _, build = project
    build(with_tests=False)
    capsys.readouterr()
    assert build(with_tests=True) == ["requirements-dev.txt"]
    assert capsys.readouterr().out == (
        "Bringing .venv up to date with requirements-dev.txt; what was installed into it by hand stays.\n"
    )


def test_build_tests_serves_the_site_too(project):
    _, build = project
    build(with_tests=True)
    assert build(with_tests=False) == []


def test_build_changed_requirements(project):
    root, build = project
    build(with_tests=False)
    (root / "requirements.txt").write_text("django==5.3\n", encoding="ascii")
    assert build(with_tests=False) == ["requirements.txt"]


def test_build_changed_and_back(project):
    root, build = project
    before = (root / "requirements.txt").read_text(encoding="ascii")
    build(with_tests=True)
    (root / "requirements.txt").write_text("django==5.3\n", encoding="ascii")
    build(with_tests=False)
    (root / "requirements.txt").write_text(before, encoding="ascii")
    assert build(with_tests=True) == ["requirements-dev.txt"]


def test_build_without_what_is_no_longer_listed(project):
    root, build = project
    build(with_tests=True)
    (root / "requirements-dev.txt").write_text("django==5.2\n", encoding="ascii")
    assert build(with_tests=True) == ["requirements-dev.txt", "remove ['pytest-cov']"]
    (root / "requirements-dev.txt").write_text("django==5.2\npytest==9\n", encoding="ascii")
    assert build(with_tests=True) == ["requirements-dev.txt"]


def test_build_for_the_site_leaves_what_the_tests_use(project):
    root, build = project
    build(with_tests=True)
    (root / "requirements.txt").write_text("django==5.3\n", encoding="ascii")
    assert build(with_tests=False) == ["requirements.txt"]


def test_build_changed_python(project, monkeypatch, capsys):
    _, build = project
    build(with_tests=False)
    capsys.readouterr()
    monkeypatch.setattr(sys, "version", "3.13.99")
    monkeypatch.setattr(virtual_environment, "fault_of", lambda _venv: "it belongs to another Python")
    assert build(with_tests=False) == ["create", "requirements.txt"]
    assert capsys.readouterr().out == (
        "Building .venv anew, because it belongs to another Python; what was installed into it by hand is gone.\n"
    )


@pytest.mark.parametrize("left", ["", "{", "[]", '{"unknown": 1}'])
def test_build_after_an_interrupted_one(project, left):
    root, build = project
    build(with_tests=False)
    virtual_environment.contents_file(root / ".venv").write_text(left, encoding="ascii")
    assert build(with_tests=False) == ["requirements.txt"]


def test_build_interrupted_in_pip(project, monkeypatch):
    root, build = project
    build(with_tests=False)
    (root / "requirements.txt").write_text("django==5.3\nadded==1\n", encoding="ascii")

    def stop(_venv, _requirements):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(virtual_environment, "install", stop)
        with pytest.raises(KeyboardInterrupt):
            build(with_tests=False)
    (root / "requirements.txt").write_text("django==5.2\n", encoding="ascii")
    assert build(with_tests=False) == ["requirements.txt", "remove ['added']"]


def write_wheel(folder, name, version, needs=()):
    """Write a package of one empty module; return its line in a list of requirements."""
    file = folder / f"{name}-{version}-py3-none-any.whl"
    notes = f"{name}-{version}.dist-info"
    metadata = [
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}",
        *(f"Requires-Dist: {need}" for need in needs),
    ]
    files = {
        f"{name}.py": "",
        f"{notes}/METADATA": "\n".join(metadata) + "\n",
        f"{notes}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
        for path, text in files.items()
    ]
    files[f"{notes}/RECORD"] = "\n".join([*record, f"{notes}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


def installed(venv):
    code = "import importlib.metadata as m; print(*sorted(f'{e.name} {e.version}' for e in m.distributions()), sep=',')"
    answer = subprocess.run([venv / "bin" / "python", "-c", code], capture_output=True, check=True, text=True)
    return [line for line in answer.stdout.strip().split(",") if not line.startswith(("pip ", "setuptools "))]


@pytest.mark.once
@pytest.mark.slow(seconds=8, reason="makes a real environment and calls its pip five times")
def test_what_was_installed_by_hand_survives(tmp_path, monkeypatch):
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    venv = tmp_path / ".venv"
    lines = {
        (name, version): write_wheel(tmp_path, name, version, needs)
        for name, version, needs in [
            ("stays", "1", ()),
            ("stays", "2", ()),
            ("goes", "1", ()),
            ("wanted", "1", ()),
            ("mine", "7", ("wanted>=1",)),
        ]
    }

    def build(*listed):
        for name in ("requirements.txt", "requirements-dev.txt"):
            (tmp_path / name).write_text("".join(lines[each] for each in listed), encoding="ascii")
        virtual_environment.build(with_tests=True, venv=venv, root=tmp_path)

    build(("stays", "1"), ("goes", "1"), ("wanted", "1"))
    assert installed(venv) == ["goes 1", "stays 1", "wanted 1"]
    assert virtual_environment.pip(venv, "install", "mine") == 0
    build(("stays", "2"))
    # The person's own package asks for `wanted`, so that stays too.
    assert installed(venv) == ["mine 7", "stays 2", "wanted 1"]
    assert virtual_environment.fault_of(venv) == ""


def test_fault_of_no_python(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "gone")
    assert virtual_environment.fault_of(tmp_path) == "it has no Python that runs"


def test_fault_of_no_pip(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    (tmp_path / "bin" / "python").chmod(0o755)
    assert virtual_environment.fault_of(tmp_path) == "it has no pip that runs"


def test_fault_of_another_python(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\necho 3.10.1 /usr\n", encoding="ascii")
    (tmp_path / "bin" / "python").chmod(0o755)
    assert virtual_environment.fault_of(tmp_path) == "it belongs to another Python"


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
