"""The messages in both languages, parsed by Telegram's rules."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.telegram_sandbox.markup import parse_html
from libs.contracts.events.declared import TOLD, DeclaredEvent
from notification_service.converter.events import DECODERS
from notification_service.converter.wording import TemplateWording
from notification_service.model.delivery import Delivery
from notification_service.model.text import MAX_MESSAGE_UNITS, Text
from notification_service.service.digest import MAX_LINES, fitting
from tests.support.golden import golden_sample
from tests.support.kafka import a_record
from tests.unit.notification_service.builders import (
    CHAT,
    START,
    a_delivery,
    a_paid_event,
    an_assembled_event,
)

LANGUAGES = ["en", "ru"]
WORDINGS = {language: TemplateWording(language) for language in LANGUAGES}

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=64
) | st.sampled_from(["<b>", "&lt;", "CREDIT_CARD", "</code>", '"', "*_`[", "🚀" * 64])


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    number = draw(st.integers(1, 10_000))
    event = (
        a_paid_event(number, payment_method=draw(texts), transaction_uuid=draw(texts))
        if draw(st.booleans())
        else an_assembled_event(number, build_time_s=str(draw(st.integers(0, 86_400))))
    )
    return Delivery(event=event, chat_id=CHAT)


@pytest.fixture(params=LANGUAGES)
def wording(request: pytest.FixtureRequest) -> TemplateWording:
    return WORDINGS[str(request.param)]


def seen(text: Text) -> str:
    """Parse the HTML as Telegram does."""
    return parse_html(text.html).text


@pytest.mark.parametrize("event", TOLD, ids=lambda event: event.kind)
def test_each_kind_of_event_is_told_with_all_its_facts_at_length_and_in_a_line(
    wording: TemplateWording, event: DeclaredEvent
) -> None:
    heard = DECODERS[event](a_record(golden_sample(event.sample)))
    delivery = Delivery(event=heard, chat_id=CHAT)

    for text in (wording.message(delivery), wording.digest([delivery])):
        assert set(heard.facts.values()) <= set(re.split(r"[\s,]+", seen(text)))


def test_times_are_told_in_utc(wording: TemplateWording) -> None:
    elsewhere = START.astimezone(timezone(timedelta(hours=3)))
    event = replace(a_paid_event(), occurred_at=elsewhere)

    assert "2026-03-01 12:00:00 UTC" in seen(wording.message(Delivery(event=event, chat_id=CHAT)))


def test_the_welcome_shows_the_chats_id(wording: TemplateWording) -> None:
    assert "-1001234" in seen(wording.welcome(-1001234))


def test_the_languages_have_different_words() -> None:
    message = a_delivery()

    assert WORDINGS["en"].message(message) != WORDINGS["ru"].message(message)
    assert "Заказ" in WORDINGS["ru"].message(message).html


def test_a_digest_of_ordinary_events_has_twenty_lines(wording: TemplateWording) -> None:
    due = [a_delivery(number) for number in range(1, 41)]

    assert len(fitting(due, wording)) == MAX_LINES


@pytest.mark.parametrize("language", LANGUAGES)
@given(delivery=deliveries())
def test_every_template_escapes_its_values(language: str, delivery: Delivery) -> None:
    wording = WORDINGS[language]

    for text in (wording.message(delivery), wording.digest([delivery])):
        told = seen(text)
        assert told == text.plain
        assert text.length <= MAX_MESSAGE_UNITS
        for fact in delivery.event.facts.values():
            assert fact in told


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(due=st.lists(deliveries(), min_size=1, max_size=30))
def test_a_digest_fits_and_has_its_facts_in_order(language: str, due: Sequence[Delivery]) -> None:
    wording = WORDINGS[language]

    chosen = fitting(due, wording)
    text = wording.digest(chosen)

    assert 1 <= len(chosen) <= MAX_LINES
    assert list(chosen) == list(due[: len(chosen)])
    assert text.length <= MAX_MESSAGE_UNITS
    lines = seen(text).split("\n")[1:]
    assert len(lines) == len(chosen)
    for line, delivery in zip(lines, chosen, strict=True):
        for fact in delivery.event.facts.values():
            assert fact in line


def test_a_digest_leaves_the_newest_events_that_do_not_fit(wording: TemplateWording) -> None:
    due = [
        Delivery(event=a_paid_event(number, transaction_uuid="&" * 200), chat_id=CHAT)
        for number in range(1, 21)
    ]

    chosen = fitting(due, wording)

    assert 8 < len(chosen) < MAX_LINES
    assert wording.digest(chosen).length <= MAX_MESSAGE_UNITS
    assert wording.digest(due[: len(chosen) + 1]).length > MAX_MESSAGE_UNITS
