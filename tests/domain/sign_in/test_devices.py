"""What a browser says it is, in the words people use."""

from __future__ import annotations

import pytest

from portal.shared.domain.sign_in.devices import device_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS, LINUX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (X11; Linux x86_64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S911B)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X)"
CHROMEBOOK = "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)"


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (f"{WINDOWS} {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", ("Edge", "Windows")),
        (f"{WINDOWS} {WEBKIT} Chrome/126.0 Safari/537.36 OPR/112.0", ("Opera", "Windows")),
        (f"{WINDOWS} {WEBKIT} Chrome/126.0 Safari/537.36", ("Chrome", "Windows")),
        (
            f"{ANDROID} {WEBKIT} SamsungBrowser/25.0 Chrome/121.0 Safari/537.36",
            ("Samsung Internet", "Android"),
        ),
        (f"{LINUX} Gecko/20100101 Firefox/127.0", ("Firefox", "Linux")),
        (f"{LINUX} {WEBKIT} HeadlessChrome/126.0 Safari/537.36", ("Chrome", "Linux")),
        (f"{LINUX} {WEBKIT} Chromium/126.0 Chrome/126.0 Safari/537.36", ("Chromium", "Linux")),
        (f"{CHROMEBOOK} {WEBKIT} Chrome/126.0 Safari/537.36", ("Chrome", "ChromeOS")),
        (f"{MAC} AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15", ("Safari", "macOS")),
        (f"{IPHONE} AppleWebKit/605.1.15 FxiOS/127.0 Mobile Safari/605.1.15", ("Firefox", "iPhone")),
        (f"{IPAD} AppleWebKit/605.1.15 CriOS/126.0 Mobile Safari/605.1.15", ("Chrome", "iPad")),
        ("curl/8.5.0", ("curl", "")),
        ("", ("", "")),
    ],
    ids=lambda one: " on ".join(one) if isinstance(one, tuple) else "",
)
def test_a_device_is_told_in_the_words_people_use(says: str, expected: tuple[str, str]) -> None:
    assert device_of(says) == expected
