from tests.chaos.lost_pops import Connection, message_bytes, waiting_for_message


def connection(
    *, identity: str = "7", cmd: str = "brpop", flags: str = "b", port: int = 5000, sent: int = 0
) -> Connection:
    return {
        "id": identity,
        "addr": f"127.0.0.1:{port}",
        "cmd": cmd,
        "flags": flags,
        "tot-net-out": str(sent),
    }


def test_a_worker_waits_on_the_connection_that_is_blocked_in_brpop() -> None:
    waiting = connection(identity="9")
    others = [connection(cmd="hset", flags="N"), connection(flags="N"), connection(port=5001)]

    assert waiting_for_message([*others, waiting], {"5000"}) == waiting


def test_another_process_that_waits_is_not_the_worker() -> None:
    assert waiting_for_message([connection(port=5001)], {"5000"}) is None


def test_what_was_sent_since_it_waited_is_counted() -> None:
    waiting = connection(sent=1000)

    assert message_bytes([connection(identity="8", sent=9), waiting], waiting) == 0
    assert message_bytes([connection(sent=1700)], waiting) == 700


def test_a_connection_that_is_gone_was_sent_nothing() -> None:
    assert message_bytes([connection(identity="8", sent=5000)], connection()) == 0
