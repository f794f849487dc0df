import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.logging.redacting import redacted

TOKEN = f"{1234567890}:{'Ab-_9' * 7}"
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage?text=1"
PASSWORD = "hunter2-and-more"  # noqa: S105  # of nobody
ADDRESS = f"redis://someone:{PASSWORD}@host:6379/0"

Encode = Callable[[str], str]


def percent(text: str) -> str:
    return quote(text, safe="")


def named_entities(text: str) -> str:
    return text.replace(":", "&colon;").replace("/", "&sol;").replace("_", "&lowbar;")


def each_as(form: str) -> Encode:
    return lambda text: "".join(form.format(ord(each)) for each in text)


ENCODINGS: dict[str, Encode] = {
    "plain": str,
    "percent": percent,
    "percent everything": each_as("%{:02x}"),
    "html": html.escape,
    "entities": each_as("&#{};"),
    "hexadecimal entities": each_as("&#X{:04X};"),
    "named entities": named_entities,
    "json": json.dumps,
    "json escapes": each_as("\\u{:04x}"),
    "python escapes": each_as("\\x{:02X}"),
    "repr": repr,
}


def fully_decoded(text: str) -> str:
    """Decode with the standard library until the text stays the same."""
    before = None
    while before != text:
        before = text
        text = re.sub(r"%([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text)
        text = html.unescape(text)
        text = re.sub(r"\\+[ux](?:00)?([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text)
    return text


@pytest.mark.parametrize("outer", ENCODINGS)
@pytest.mark.parametrize("inner", ENCODINGS)
@pytest.mark.parametrize(("text", "secret"), [(URL, TOKEN), (ADDRESS, PASSWORD)])
def test_no_double_encoding_shows_a_secret(text: str, secret: str, inner: str, outer: str) -> None:
    shown = redacted(f"page: {ENCODINGS[outer](ENCODINGS[inner](text))} and no more")

    assert secret not in fully_decoded(shown)
    assert shown.startswith("page: ")
    assert shown.endswith(" and no more")


def test_an_address_that_is_percent_encoded_three_times_is_redacted_too() -> None:
    assert TOKEN not in fully_decoded(redacted(percent(percent(percent(URL)))))


def test_upper_and_lower_case_are_redacted() -> None:
    assert redacted(percent(URL).lower()) == percent(URL).lower().replace(
        percent(TOKEN).lower(), "***"
    )


def test_text_without_secrets_stays_unchanged() -> None:
    assert redacted(f"100%25 &amp; {URL}") == (
        "100%25 &amp; https://api.telegram.org/bot***/sendMessage?text=1"
    )
    assert redacted(ADDRESS) == "redis://someone:***@host:6379/0"


@pytest.mark.timeout(5)
@pytest.mark.parametrize("part", ["\\", "%", "&amp;", "%25", "amp;", "1", "://"])
def test_a_page_that_is_built_to_be_slow_is_redacted_quickly(part: str) -> None:
    page = part * (50_000 // len(part))

    assert redacted(page) == page


@given(st.text(alphabet="%25&amp;#x3a;\\u003aA:/@ \n", max_size=200))
def test_a_text_without_a_secret_is_returned_as_it_is(text: str) -> None:
    assert redacted(f"{text} 1") == f"{text} 1" or "://" in fully_decoded(text)
