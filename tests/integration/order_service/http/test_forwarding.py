from order_service.api.http.guards.forwarding import addresses_of


def test_a_proxy_name_that_cannot_be_resolved_is_not_trusted() -> None:
    assert addresses_of("no-such-host.invalid") == frozenset()
    assert "127.0.0.1" in addresses_of("127.0.0.1")
