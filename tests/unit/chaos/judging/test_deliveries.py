from collections import Counter
from uuid import UUID

from notification_service.converter.wording import TemplateWording
from notification_service.model.delivery import Delivery
from tests.chaos.judging.evidence import Told
from tests.chaos.judging.stores.chat import Send
from tests.chaos.judging.stores.deliveries import hurried, unanswered
from tests.unit.notification_service.builders import CHAT, a_paid_event, an_assembled_event

WAIT_S = 20


def a_send(
    *, at_s: float, status: int | None = 200, retry_after_s: int = 0, text: str = ""
) -> Send:
    return Send(at_s=at_s, text=text, status=status, retry_after_s=retry_after_s)


def complaints(*sends: Send) -> list[str]:
    return list(hurried(sends, asked_to_wait_s=WAIT_S))


def test_a_sender_that_waits_for_retry_after_is_no_complaint() -> None:
    throttled = a_send(at_s=1.0, status=429, retry_after_s=WAIT_S)

    assert complaints(a_send(at_s=0.0), throttled, a_send(at_s=21.1)) == []


def test_a_call_before_the_wait_is_over_is_a_complaint() -> None:
    throttled = a_send(at_s=1.0, status=429, retry_after_s=WAIT_S)

    assert complaints(throttled, a_send(at_s=20.9)) == ["a message came 19.9 s after a 429 of 20 s"]


def test_without_a_retry_after_the_run_proves_nothing() -> None:
    assert complaints(a_send(at_s=0.0)) == ["no call was answered with a 429 of 20 s"]


def test_every_event_of_a_message_without_an_answer_counts() -> None:
    paid, assembled = a_paid_event(1), an_assembled_event(2)
    both = [Delivery(event=event, chat_id=CHAT) for event in (paid, assembled)]
    digest = TemplateWording("en").digest(both).html

    found = unanswered([a_send(at_s=0.0, status=None, text=digest), a_send(at_s=1.0, text=digest)])

    assert found == Counter(
        {
            Told("paid", UUID(paid.facts["order_uuid"])): 1,
            Told("assembled", UUID(assembled.facts["order_uuid"])): 1,
        }
    )
