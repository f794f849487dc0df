"""The words of an error body do not follow those of the Python that happens to run."""

from http import HTTPStatus

import pytest

from order_service.api.http.status_texts import status_text

OF_THE_CONTRACT = [
    (400, "Bad Request"),
    (404, "Not Found"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (413, "Content Too Large"),
    (414, "URI Too Long"),
    (415, "Unsupported Media Type"),
    (422, "Unprocessable Entity"),
    (431, "Request Header Fields Too Large"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
]


@pytest.mark.parametrize(("code", "text"), OF_THE_CONTRACT)
def test_a_status_has_the_words_of_the_contract(code: int, text: str) -> None:
    assert status_text(code) == text


@pytest.mark.parametrize("status", [each for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST])
def test_every_failure_that_python_knows_has_words(status: HTTPStatus) -> None:
    assert status_text(status)
