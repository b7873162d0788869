import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from tools import checks, programs, quick, suite, throwaway_postgresql
from tools.commands import ROOT


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("===== 812 passed in 101.32s (0:01:41) =====", "812 passed in 101.32s (0:01:41)"),
        ("\x1b[31m=== \x1b[31m1 failed\x1b[0m, 2 passed in 1.2s ===\x1b[0m", "1 failed, 2 passed in 1.2s"),
        ("=== 3 passed, 2 deselected in 0.5s ===", "3 passed, 2 deselected in 0.5s"),
        ("===== test session starts =====", None),
        ("12 passed", None),
    ],
)
def test_summary_of_line(line, words):
    assert suite.summary_of(line) == words


EACH_CORE = ["-n", "auto", "--dist=worksteal"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], EACH_CORE),
        (["-k", "cmoc"], EACH_CORE),
        (["tests/realist"], EACH_CORE),
        (["tests/realist/test_env.py", "tests/realist/test_settings.py"], EACH_CORE),
        (["tests/realist/test_env.py", "tests/api"], EACH_CORE),
        (["tests/realist/test_env.py"], ["-n", "0"]),
        (["tests/realist/test_env.py::test_text", "tests/realist/test_env.py::test_words", "-x"], ["-n", "0"]),
    ],
)
def test_one_file_is_not_shared_out(arguments, options):
    assert suite.distribution(arguments) == options


def test_soak_asks_for_long_tests_alone():
    assert suite.read_arguments(["--soak", "-x"]) == ["-m", "soak", "-o", "faulthandler_timeout=3600", "-x"]
    assert suite.read_arguments(["-x"]) == ["-x"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], [*EACH_CORE, "-m", "not browser and not slow"]),
        (["tests/realist/test_env.py"], ["-n", "0", "-m", "not browser and not slow", "tests/realist/test_env.py"]),
        (["tests/realist/test_env.py::test_text"], ["-n", "0", "tests/realist/test_env.py::test_text"]),
        (["-m", "slow"], [*EACH_CORE, "-m", "slow"]),
    ],
)
def test_quick_leaves_out_what_nobody_named(arguments, options):
    assert quick.command(arguments) == [sys.executable, "-m", "pytest", "--reuse-db", *options]


def test_quick_on_sqlite():
    with quick.database("sqlite") as url:
        assert url == ""


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        ("mysql", "ENGINE is 'mysql'; write sqlite or postgresql"),
        ("postgresql", "No postgres program of version 15 or newer was found; on Debian: apt install postgresql"),
    ],
)
def test_quick_on_an_engine_that_is_not_there(monkeypatch, engine, sentence):
    monkeypatch.setattr(quick, "find_postgresql", lambda: None)
    with pytest.raises(quick.CannotTestError) as error, quick.database(engine):
        pass
    assert str(error.value) == sentence


def test_left_out_nothing():
    assert suite.left_out("/usr/bin/chromium", Path("/usr/bin")) == []


def test_left_out_everything():
    assert suite.left_out(None, None) == [
        "PostgreSQL (no postgres program of version 15 or newer found; apt install postgresql)",
        "browser tests (no Chromium found; apt install chromium, or name it in CHROMIUM)",
    ]


@pytest.fixture
def suite_on_a_bare_machine(monkeypatch):
    """The suite where neither PostgreSQL nor Chromium is installed; pytest and coverage are not started."""

    def run_on_engines(_programs, _arguments, report):
        report.lines.append("SQLite: 5 passed in 1.0s")

    monkeypatch.setattr(suite, "clean_up_when_ended", lambda: None)
    monkeypatch.setattr(suite, "find_chromium", lambda: None)
    monkeypatch.setattr(suite, "find_postgresql", lambda: None)
    monkeypatch.setattr(suite, "run_on_engines", run_on_engines)
    monkeypatch.setattr(suite, "run", lambda _command: 0)


LAST_LINES = """
SQLite: 5 passed in 1.0s
Coverage: not judged, because something was left out.
Left out: PostgreSQL (no postgres program of version 15 or newer found; apt install postgresql)
Left out: browser tests (no Chromium found; apt install chromium, or name it in CHROMIUM)
"""


@pytest.mark.usefixtures("suite_on_a_bare_machine")
def test_suite_leaves_out_at_home(monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    assert (suite.main([]), capsys.readouterr().out) == (0, LAST_LINES)


@pytest.mark.usefixtures("suite_on_a_bare_machine")
def test_suite_leaves_out_in_ci(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    expected = f"{LAST_LINES}With CI=true nothing may be left out.\n"
    assert (suite.main([]), capsys.readouterr().out) == (1, expected)


@pytest.mark.parametrize(
    ("answer", "line"), [(0, "Coverage: 100 % of the branches."), (2, "Coverage: below 100 %; the lines stand above.")]
)
def test_judge_coverage_of_everything(monkeypatch, answer, line):
    monkeypatch.setattr(suite, "run", lambda command: answer if "report" in command else 0)
    report = suite.Report()
    suite.judge_coverage(report)
    assert report == suite.Report(lines=[line], failed=bool(answer))


@pytest.fixture
def pytest_says(monkeypatch, tmp_path):
    """Lets a few lines of Python stand for pytest: `pytest_says("print(1)")`; `engine` and `folder` are names in it."""

    def stand_in(lines):
        begin = f"import os, pathlib, sys, time; folder = pathlib.Path({str(tmp_path)!r}); "
        begin += "engine = 'other' if os.environ['TEST_DATABASE_URL'] else 'SQLite'\n"
        monkeypatch.setattr(suite, "python", lambda *_words: [sys.executable, "-c", begin + lines])
        monkeypatch.setattr(suite, "distribution", lambda _arguments: [])
        monkeypatch.setattr(suite, "coverage_file", lambda engine: tmp_path / engine)
        monkeypatch.setattr(suite, "throwaway_cluster", lambda _programs: contextlib.nullcontext("postgres://"))

    return stand_in


def shown(capsys, programs, arguments):
    report = suite.Report()
    suite.run_on_engines(programs, arguments, report)
    return capsys.readouterr().out, report


def test_engines_are_tried_at_once_and_told_one_after_the_other(pytest_says, capsys):
    pytest_says(
        "until = time.monotonic() + 60\n"
        "print('2 workers [3 items]', flush=True); (folder / f'{engine} is there').touch()\n"
        "while len(list(folder.iterdir())) < 2 and time.monotonic() < until: time.sleep(0.01)\n"
        "print('=== 3 passed in 1.2s ===' if time.monotonic() < until else 'alone', end='')"
    )
    assert shown(capsys, Path("/usr/bin"), []) == (
        "".join(
            f"--- {engine}\n2 workers [3 items]\n=== 3 passed in 1.2s ===\n" for engine in ("SQLite", "PostgreSQL")
        ),
        suite.Report(lines=["SQLite: 3 passed in 1.2s", "PostgreSQL: 3 passed in 1.2s"]),
    )


def test_in_the_full_size_engines_are_tried_one_after_the_other(pytest_says, capsys):
    pytest_says(
        "begun = folder / 'begun'\n"
        "print('collected 3 items', flush=True)\n"
        "if engine == 'SQLite': begun.touch(); time.sleep(0.5); begun.unlink()\n"
        "print('at once' if begun.exists() else '=== 3 passed in 1.2s ===')"
    )
    report = suite.Report(lines=["SQLite: 3 passed in 1.2s", "PostgreSQL: 3 passed in 1.2s"])
    assert shown(capsys, Path("/usr/bin"), ["-m", "soak"])[1] == report


def test_pytest_that_ends_ill(pytest_says, capsys):
    pytest_says("sys.stdout.buffer.write(b'\\xff'); sys.exit(1)")
    failed = suite.Report(lines=["SQLite: pytest ended without a summary"], failed=True)
    assert shown(capsys, None, []) == ("--- SQLite\n\ufffd\n", failed)


def test_cluster_that_does_not_start_is_a_failure(pytest_says, capsys, monkeypatch):
    def cannot_start(_programs):
        raise throwaway_postgresql.CannotStartError("initdb failed")

    pytest_says("print('=== 3 passed in 1.2s ===')")
    monkeypatch.setattr(suite, "throwaway_cluster", cannot_start)
    lines = ["PostgreSQL: initdb failed", "SQLite: 3 passed in 1.2s"]
    assert shown(capsys, Path("/usr/bin"), [])[1] == suite.Report(lines=lines, failed=True)


@pytest.mark.parametrize("heard", ["", "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "])
def test_who_leaves_ends_pytest(pytest_says, monkeypatch, heard):
    monkeypatch.setattr(suite, "SECONDS_TO_END", 2)
    pytest_says(f"{heard}time.sleep(600)")
    with pytest.raises(KeyboardInterrupt), suite.pytest_on("SQLite", {"TEST_DATABASE_URL": ""}, []) as run:
        raise KeyboardInterrupt
    assert run.process.returncode is not None


def test_find_chromium_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert programs.find_chromium() == sys.executable


def test_find_chromium_nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.find_chromium() is None


def write_server(folder, version):
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n", encoding="ascii")
        (folder / name).chmod(0o755)


def test_find_postgresql_newest(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    write_server(tmp_path / "9.6" / "bin", "9.6.24")
    write_server(tmp_path / "17" / "bin", "17.2 (Debian 17.2-1)")
    write_server(tmp_path / "15" / "bin", "15.8")
    assert programs.find_postgresql((f"{tmp_path}/*/bin",)) == tmp_path / "17" / "bin"


def test_find_postgresql_too_old(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    write_server(tmp_path / "14" / "bin", "14.1")
    assert programs.find_postgresql((f"{tmp_path}/*/bin",)) is None


def test_find_postgresql_nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.find_postgresql(()) is None


@pytest.mark.postgresql
def test_throwaway_cluster_lives_and_goes():
    with throwaway_postgresql.throwaway_cluster(programs.find_postgresql()) as url, psycopg.connect(url) as connection:
        folder = connection.execute("SHOW unix_socket_directories").fetchone()[0]
        encoding = connection.execute("SHOW server_encoding").fetchone()[0]
        assert (encoding, Path(folder).stat().st_mode & 0o777) == ("UTF8", 0o700)
    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.postgresql
def test_throwaway_cluster_goes_when_its_command_is_ended(tmp_path):
    command = [sys.executable, "-m", "tools.throwaway_postgresql", "sh", "-c", "kill -TERM $PPID; sleep 5"]
    answer = subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, "TMPDIR": str(tmp_path)})
    # Under root the folder belongs to another account, which must be able to reach it.
    assert (answer.returncode, list(tmp_path.iterdir())) == (1, [])


@pytest.fixture
def folder_of_a_cluster():
    # Not under pytest's folders: root's are closed to the account that the server's programs run as.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "kept"


@pytest.mark.postgresql
def test_kept_cluster_is_there_again(folder_of_a_cluster):
    def names(url):
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT datname FROM pg_database WHERE datname = 'mark'").fetchall()

    with throwaway_postgresql.kept_cluster(programs.find_postgresql(), folder_of_a_cluster) as url:
        with contextlib.closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute("CREATE DATABASE mark")
        assert names(url) == [("mark",)]
    with throwaway_postgresql.kept_cluster(programs.find_postgresql(), folder_of_a_cluster) as url:
        assert names(url) == [("mark",)]
    # As after a kill, when what the server was told about safety makes its files worthless.
    (folder_of_a_cluster / "data" / "postmaster.pid").touch()
    with throwaway_postgresql.kept_cluster(programs.find_postgresql(), folder_of_a_cluster) as url:
        assert names(url) == []


def test_kept_cluster_in_the_folder_of_somebody_else(tmp_path):
    folder = tmp_path / "kept"
    folder.symlink_to(tmp_path)
    with (
        pytest.raises(throwaway_postgresql.CannotStartError) as error,
        throwaway_postgresql.kept_cluster(Path("/nowhere"), folder),
    ):
        pass
    assert str(error.value) == f"{folder} belongs to somebody else; remove it, or set TMPDIR to another folder"


def test_throwaway_cluster_that_cannot_start():
    # Not under pytest's folders: root's are closed to the account that the server's programs run as.
    with tempfile.TemporaryDirectory() as folder:
        programs_folder = Path(folder) / "bin"
        Path(folder).chmod(0o755)
        write_server(programs_folder, "15.8")
        (programs_folder / "initdb").write_text("#!/bin/sh\necho 'no space left'; exit 1\n", encoding="ascii")
        for place in (programs_folder, *programs_folder.iterdir()):
            place.chmod(0o755)
        with (
            pytest.raises(throwaway_postgresql.CannotStartError) as error,
            throwaway_postgresql.throwaway_cluster(programs_folder),
        ):
            pass
    assert str(error.value) == "initdb failed; its last words:\nno space left"


CHECKS = {"one": (0, "well\n"), "two": (1, "ill\n"), "three": (2, "")}


def test_failed_checks_named(capsys):
    answer = checks.main(CHECKS, CHECKS.get)
    assert (answer, capsys.readouterr().out) == (
        1,
        "--- one\nwell\n--- two\nill\n--- three\n\nFailed: two, three. `make fix` repairs what a tool can repair.\n",
    )


def test_failed_checks_none(capsys):
    answer = checks.main(["one"], CHECKS.get)
    assert (answer, capsys.readouterr().out) == (0, "--- one\nwell\n\nAll 1 checks passed.\n")


def test_check_in_a_process_of_its_own():
    answer, said = checks.in_a_process("no such check")
    assert (answer, said.splitlines()[-1]) == (1, "KeyError: 'no such check'")
