"""HTML as Telegram parses it, with Telegram's error texts."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.telegram_sandbox.markup import CantParse, Entity, Formatted, parse_html, utf16_length


def test_tags_become_entities_in_utf16_units() -> None:
    assert parse_html("🚀 <b>bold <i>both</i></b>") == Formatted(
        text="🚀 bold both",
        entities=(
            Entity(kind="italic", offset=8, length=4),
            Entity(kind="bold", offset=3, length=9),
        ),
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("1 &lt; 2 &gt; 0 &amp; &quot;", '1 < 2 > 0 & "'),
        ("&#39;&#x27;&#128640;", "''🚀"),
        ("&lt", "<"),
        ("&copy; &nosuch; &", "&copy; &nosuch; &"),
        ("&#0; &#x110000; &#99999999999;", "&#0; &#x110000; &#99999999999;"),
        ("CREDIT_CARD *x* `y`", "CREDIT_CARD *x* `y`"),
        ("<b>x</>", "x"),
        ("<b >x</b >", "x"),
        ("<blockquote expandable>x</blockquote>", "x"),
    ],
)
def test_entities_are_decoded_and_unknown_ones_are_text(source: str, text: str) -> None:
    assert parse_html(source).text == text


@pytest.mark.parametrize(
    "source",
    ["<a href=\"https://x.org/?a=1&amp;b='2'\">x</a>", "<a href='https://x.org'>x</a>"],
)
def test_a_link_keeps_its_address(source: str) -> None:
    (entity,) = parse_html(source).entities

    assert entity.kind == "text_link"
    assert entity.url.startswith("https://x.org")


def test_an_unquoted_attribute_is_read_in_lower_case() -> None:
    assert parse_html("<span class=TG-Spoiler>x</span>").entities[0].kind == "spoiler"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x <foo>y</foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("é<foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("<i  aba  =  ", 'Unclosed start tag "i" at byte offset 0'),
        ("<a =1>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a ", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, words: str) -> None:
    with pytest.raises(CantParse) as raised:
        parse_html(source)

    assert words in str(raised.value)


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        parsed = parse_html(source)
    except CantParse:
        return
    assert utf16_length(parsed.text) >= sum(not each.length for each in parsed.entities)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    assert parse_html(f"<b>{html.escape(text)}</b>").text == text
