import pytest

from tests.bench.load.client import Reply, parse_reply
from tests.bench.load.shop import request

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def test_an_answer_is_read_with_its_status_and_body() -> None:
    assert parse_reply(ANSWER) == (Reply(201, b"{}"), True)


@pytest.mark.parametrize("length", range(len(ANSWER)))
def test_an_answer_is_incomplete_until_its_last_byte(length: int) -> None:
    assert parse_reply(ANSWER[:length]) is None


def test_a_server_that_closes_the_connection_is_believed() -> None:
    answer = b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    assert parse_reply(answer) == (Reply(503, b""), False)


def test_an_answer_without_a_length_is_refused() -> None:
    with pytest.raises(ValueError, match="Content-Length"):
        parse_reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


def test_a_request_says_how_long_its_body_is() -> None:
    head, _, body = request("POST", "/orders", {"a": 1}).partition(b"\r\n\r\n")

    assert head.startswith(b"POST /orders HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body == b'{"a": 1}'
