"""What the settings and the server's configuration make of environment variables."""

import gc
import os
import runpy

import pytest
from django.core.checks import Warning  # noqa: A004  Django's name for it

from programmes import checks
from realist import private_files
from realist.worker import PatientWorker
from tools.commands import ROOT


@pytest.fixture
def settings_of(monkeypatch):
    """Return the settings that a server with these variables would have."""

    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "realist" / "settings.py"))

    return read


def test_https_is_demanded_unless_switched_off(settings_of):
    names = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_INCLUDE_SUBDOMAINS")
    assert [settings_of(HTTPS="true")[name] for name in names] == [True] * 4
    found = settings_of(HTTPS="false")
    assert [found[name] for name in names] == [False] * 4
    assert found["SECURE_HSTS_SECONDS"] == 0


def test_no_other_host_of_a_domain_sets_the_cookies(settings_of):
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")
    assert [settings_of(HTTPS="true")[name] for name in names] == ["__Host-sessionid", "__Host-csrftoken"]
    assert [settings_of(HTTPS="false")[name] for name in names] == ["sessionid", "csrftoken"]
    found = settings_of(HTTPS="true")
    for name in ("SESSION_COOKIE_PATH", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_PATH", "CSRF_COOKIE_DOMAIN"):
        assert name not in found  # what browsers demand of such names is Django's own choice


def test_header_of_a_proxy_is_believed_only_behind_one(settings_of):
    assert "SECURE_PROXY_SSL_HEADER" not in settings_of(BEHIND_PROXY="false")
    assert settings_of(BEHIND_PROXY="true")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_gunicorn(monkeypatch, caplog):
    masks: list[int] = []
    monkeypatch.setattr(os, "umask", masks.append)
    for name, value in {"PORT": "8123", "WEB_CONCURRENCY": "3", "WEB_THREADS": "5", "LOG_LEVEL": "INFO"}.items():
        monkeypatch.setenv(name, value)
    found = runpy.run_module("realist.gunicorn")
    assert [found[name] for name in ("bind", "workers", "threads", "loglevel")] == ["127.0.0.1:8123", 3, 5, "info"]
    assert (found["worker_class"], found["forwarded_allow_ips"], masks) == (PatientWorker, "", [0o077])

    done = []
    message = Warning("Others can open it.", hint="Run: chmod")
    monkeypatch.setattr(checks, "log_what_differs", lambda: done.append("log"))
    monkeypatch.setattr(private_files, "files_are_private", lambda _: [message])
    monkeypatch.setattr(gc, "collect", lambda: done.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    found["post_worker_init"](None)
    assert (done, caplog.messages) == (["log", "collect", "freeze"], ["Others can open it. Run: chmod"])
