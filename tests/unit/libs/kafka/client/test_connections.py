import pytest
from kafka.errors import KafkaConnectionError, SaslAuthenticationFailedError

from libs.kafka.client.workarounds.connections import Received, refusal, words_before_the_end


def test_bytes_before_the_end_of_a_connection_are_read() -> None:
    end = KafkaConnectionError("socket disconnected")
    arriving: list[Received] = [(b"", end), (b"refused, for a reason", end)]
    receive = words_before_the_end(arriving.pop)

    assert [receive(), receive()] == [(b"refused, for a reason", None), (b"", end)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            SaslAuthenticationFailedError("SaslAuthenticationFailedError: Invalid password"),
            "the broker refuses the login: Invalid password",
        ),
        (KafkaConnectionError("111 ECONNREFUSED"), ""),
    ],
)
def test_only_a_refused_connection_is_a_refusal(error: Exception, said: str) -> None:
    assert refusal(error, "SASL_SSL") == said
