from collections import Counter
from uuid import UUID

import pytest

from notification_service.converter.wording import TemplateWording
from notification_service.model.delivery import Delivery
from notification_service.model.event import Event
from tests.chaos.judging.evidence import Told
from tests.chaos.judging.stores.chat import told_in
from tests.unit.notification_service.builders import CHAT, a_paid_event, an_assembled_event


def about(kind: str, event: Event) -> Told:
    return Told(kind, UUID(event.facts["order_uuid"]))


def deliveries(*events: Event) -> list[Delivery]:
    return [Delivery(event=event, chat_id=CHAT) for event in events]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_event_of_a_message_and_of_a_digest_is_counted(language: str) -> None:
    wording = TemplateWording(language)
    paid, assembled = a_paid_event(1), an_assembled_event(2)
    texts = [
        wording.message(deliveries(paid)[0]).plain,
        wording.digest(deliveries(paid, assembled)).plain,
    ]

    assert told_in(texts) == Counter({about("paid", paid): 2, about("assembled", assembled): 1})


def test_a_welcome_counts_as_no_event() -> None:
    assert told_in(["👋 This is Shipyard."]) == Counter()
