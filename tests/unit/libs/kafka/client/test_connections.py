import pytest
from kafka.errors import KafkaConnectionError, SaslAuthenticationFailedError

from libs.kafka.client.workarounds.connections import Received, refusal, words_before_the_end


def test_what_arrives_with_the_end_of_the_connection_is_read_before_it() -> None:
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
def test_a_refusal_is_said_and_an_absence_is_not_one(error: Exception, said: str) -> None:
    assert refusal(error, "SASL_SSL") == said
