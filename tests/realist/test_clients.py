"""Whoever asks is counted by an address that they cannot choose."""

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory

from realist.clients import client_address, proxy_is_counted

SOCKET = "192.0.2.1"


def address_of(settings, proxies, forwarded=None, socket=SOCKET):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=socket, **headers))


@pytest.mark.parametrize("forwarded", [None, "", "198.51.100.7", "198.51.100.7, 203.0.113.9", "not an address", ","])
def test_without_proxies_the_socket_counts(settings, forwarded):
    assert address_of(settings, 0, forwarded) == SOCKET


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "made up, 10.9.8.7, 198.51.100.7", "198.51.100.7"),
        (1, " 198.51.100.7 ", "198.51.100.7"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (2, "made up,198.51.100.7,10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7,10.0.0.1", "198.51.100.7"),
        (1, "[2001:db8:1:2:aaaa::1]:443", "2001:db8:1:2::/64"),
        (1, "2001:DB8:1:2:ffff:0:0:1", "2001:db8:1:2::/64"),
        (1, "fe80::1%eth0", "fe80::/64"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_entry_of_the_outermost_trusted_proxy_counts(settings, proxies, forwarded, expected):
    assert address_of(settings, proxies, forwarded) == expected


@pytest.mark.parametrize(
    "forwarded",
    [None, "", ",", "unknown", "_hidden", "1.2.3.4.5", "999.1.1.1", "[]", "[::1", "1.2.3.4:", "01.2.3.4", "²", "\0"],
)
def test_where_a_proxy_names_no_address_the_socket_counts(settings, forwarded):
    assert address_of(settings, 1, forwarded) == SOCKET


def test_header_with_fewer_entries_than_proxies_is_not_believed(settings):
    assert address_of(settings, 2, "198.51.100.7") == SOCKET


@pytest.mark.parametrize(
    ("socket", "expected"),
    [("2001:db8::5", "2001:db8::/64"), ("::1", "::/64"), ("::ffff:127.0.0.1", "127.0.0.1"), ("", "unknown")],
)
def test_socket_counts_in_one_form(settings, socket, expected):
    assert address_of(settings, 0, socket=socket) == expected


def test_proxy_that_is_not_counted_is_warned_of(settings):
    settings.TRUSTED_PROXIES = 0
    assert proxy_is_counted() == []
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    found = [message for message in run_checks(include_deployment_checks=True) if message.id == "realist.W001"]
    assert [message.msg for message in found] == [
        "BEHIND_PROXY is true and TRUSTED_PROXIES is 0: all who come through the proxy share one limit."
    ]
    settings.TRUSTED_PROXIES = 1
    assert proxy_is_counted() == []
