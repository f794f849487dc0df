from tests.chaos.survival import deaths


def test_the_same_process_has_survived() -> None:
    assert deaths({"order-relay": 7}, {"order-relay": 7, "order-http": 9}) == []


def test_another_process_of_the_name_or_none_is_a_death() -> None:
    before = {"order-relay": 7, "order-http": 8}

    assert deaths(before, {"order-relay": 9}) == ["order-relay died", "order-http died"]
