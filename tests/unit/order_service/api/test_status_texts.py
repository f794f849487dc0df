"""Status texts of error bodies do not depend on the version of Python."""

from http import HTTPStatus

import pytest

from order_service.api.http.status_texts import status_text


@pytest.mark.parametrize(
    ("code", "text"),
    [(408, "Request Timeout"), (414, "URI Too Long"), (431, "Request Header Fields Too Large")],
)
def test_a_status_that_no_view_answers_has_the_text_of_the_contract(code: int, text: str) -> None:
    assert status_text(code) == text


@pytest.mark.parametrize("status", [each for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST])
def test_every_error_status_of_python_has_a_text(status: HTTPStatus) -> None:
    assert status_text(status)
