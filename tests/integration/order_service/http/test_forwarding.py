from order_service.api.http.guards.forwarding import addresses_of


def test_a_name_that_nobody_knows_trusts_nobody() -> None:
    assert addresses_of("no-such-host.invalid") == frozenset()
    assert "127.0.0.1" in addresses_of("127.0.0.1")
