"""An event that is missing from one of the places that a declared event needs."""

from importlib import import_module
from uuid import UUID

import pytest

from libs.contracts.events.declared import EVENTS, TOLD, DeclaredEvent
from libs.contracts.events.v1 import events_pb2
from libs.contracts.settings import TopicSettings
from notification_service.converter.events import DECODERS
from notification_service.converter.wording import TEMPLATES
from tests.architecture.roles import settings_of
from tests.architecture.sources import ROOT
from tests.chaos.judging.invariants import TOLD_IN
from tests.chaos.judging.stores.chat import KINDS
from tests.support.golden import golden_sample

EVENT = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.message)

LANGUAGES = sorted(path.name for path in TEMPLATES.iterdir())

NO_EVENTS = {"digest.html", "welcome.html"}


def routed(reader: str) -> set[DeclaredEvent]:
    """Return the events that the module of the consumer role names, or has decoders for."""
    names = vars(import_module(f"{reader}_service.app.roles.consumer"))
    events = {each for each in names.values() if isinstance(each, DeclaredEvent)}
    return events | set(names.get("DECODERS", ()))


def test_events_proto_and_the_declarations_name_the_same_messages() -> None:
    messages = set(events_pb2.DESCRIPTOR.message_types_by_name)

    assert {event.message for event in EVENTS} == messages
    assert len({event.kind for event in EVENTS}) == len(EVENTS)


def test_the_names_of_todays_topics_groups_and_variables_never_change() -> None:
    assert [(each.topic, each.topic_variable, each.group_variable) for each in EVENTS[:2]] == [
        ("order.paid", "ORDER_PAID_TOPIC_NAME", "ORDER_PAID_CONSUMER_GROUP_ID"),
        ("order.assembled", "ORDER_ASSEMBLED_TOPIC_NAME", "ORDER_ASSEMBLED_CONSUMER_GROUP_ID"),
    ]
    assert [each.group(reader) for each in EVENTS[:2] for reader in each.readers] == [
        "assembly-group-order-paid",
        "notification-group-order-paid",
        "order-group-order-assembled",
        "notification-group-order-assembled",
    ]


@EVENT
def test_the_topic_has_a_setting_of_the_topics_job_and_its_writer(event: DeclaredEvent) -> None:
    [field] = (f for f in TopicSettings.model_fields.items() if f[0] == event.topic_field)
    roles = [
        each
        for each in settings_of(f"{event.writer}_service").values()
        if not issubclass(each, TopicSettings)  # which looks at all topics and writes to none
    ]

    assert (field[1].alias, field[1].default) == (event.topic_variable, event.topic)
    assert any(event.topic_field in role.model_fields for role in roles)


@EVENT
def test_each_reader_has_a_group_dead_letters_and_a_route(event: DeclaredEvent) -> None:
    for reader in event.readers:
        roles = settings_of(f"{reader}_service")
        for role in ("dlq", "consumer"):
            fields = roles[role].model_fields
            assert {event.topic_field, event.group_field} <= fields.keys(), f"{reader} {role}"
            group = fields[event.group_field]
            assert (group.alias, group.default) == (event.group_variable, event.group(reader))
        assert event in routed(reader), f"{reader} consumer"


@EVENT
def test_no_service_reads_an_event_without_being_a_declared_reader(event: DeclaredEvent) -> None:
    readers = {
        service.removesuffix("_service")
        for service in ("assembly_service", "notification_service", "order_service")
        for settings in settings_of(service).values()
        if event.group_field in settings.model_fields
    }

    assert readers == set(event.readers)


@EVENT
def test_the_golden_sample_says_everything_under_the_declared_id(event: DeclaredEvent) -> None:
    sample = getattr(events_pb2, event.message).FromString(golden_sample(event.sample))

    assert len(sample.ListFields()) == len(sample.DESCRIPTOR.fields)
    assert sample.event_uuid == str(event.event_uuid(UUID(sample.order_uuid)))


@EVENT
def test_writer_and_readers_have_a_contract_test_of_the_sample(event: DeclaredEvent) -> None:
    for service in (event.writer, *event.readers):
        tests = (ROOT / f"tests/contract/{service}_service").rglob("test_golden_samples.py")
        found = "".join(path.read_text() for path in tests)
        assert f'golden_sample("{event.sample}")' in found, f"{service}_service"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_event_that_is_told_has_a_template_in_each_language(language: str) -> None:
    templates = {path.name for path in (TEMPLATES / language).iterdir()}

    assert templates == {f"{event.kind}.html" for event in TOLD} | NO_EVENTS


def test_each_event_that_is_told_has_a_decoder_and_chaos_finds_it_and_knows_when_it_is_due() -> (
    None
):
    assert set(DECODERS) == set(TOLD)
    assert set(KINDS.values()) == set(TOLD_IN) == {event.kind for event in TOLD}


@EVENT
def test_the_readmes_of_writer_and_readers_name_the_topic(event: DeclaredEvent) -> None:
    for service in (event.writer, *event.readers):
        assert f"`{event.topic}`" in (ROOT / f"{service}_service/README.md").read_text(), service
