import pytest

from tests.bench.errors import NotMeasured
from tests.bench.registry import MEASUREMENTS, chosen
from tests.bench.scale import OF_QUICK
from tests.bench.stack.checkout import neutral


def test_no_name_means_every_measurement() -> None:
    assert list(chosen("")) == list(MEASUREMENTS)


def test_named_measurements_run_in_the_order_of_the_registry() -> None:
    assert list(chosen("rest, cost")) == ["cost", "rest"]


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotMeasured, match="no measurement speed: there are idle, cost"):
        chosen("speed")


def test_the_short_form_knows_its_measurements() -> None:
    assert chosen(OF_QUICK)


def test_a_stack_gets_neither_another_broker_nor_the_settings_of_the_calling_make() -> None:
    caller = {"PATH": "/bin", "KAFKA_BROKERS": "a:1", "HTTP_PORT": "1", "MAKEFLAGS": "BASE=x"}

    assert neutral(caller) == {"PATH": "/bin"}
