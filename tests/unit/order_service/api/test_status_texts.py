"""Status texts of error bodies do not depend on the version of Python."""

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
def test_a_status_has_the_text_of_the_contract(code: int, text: str) -> None:
    assert status_text(code) == text


@pytest.mark.parametrize("status", [each for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST])
def test_every_error_status_of_python_has_a_text(status: HTTPStatus) -> None:
    assert status_text(status)
