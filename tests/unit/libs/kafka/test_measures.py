from libs.kafka.measures import PausedTime
from libs.metrics.declared.kafka import PAUSED
from libs.metrics.instruments import REGISTRY


def paused_s(reason: str) -> float:
    labels = {"topic": "a-topic", "group": "a-group", "reason": reason}
    return REGISTRY.get_sample_value(PAUSED.name, labels) or 0


def test_the_time_between_two_looks_belongs_to_the_reason_of_the_first() -> None:
    paused = PausedTime("a-topic", "a-group")

    paused.look(None, 0.0)
    paused.look("queue", 10.0)
    paused.look("hand_off", 12.0)
    paused.look(None, 15.0)
    paused.look(None, 99.0)

    assert (paused_s("queue"), paused_s("hand_off"), paused_s("malformed")) == (2.0, 3.0, 0.0)
