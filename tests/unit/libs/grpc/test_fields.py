from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.errors import InvalidInput
from libs.grpc.fields import uuid_from_text


@given(st.uuids())
def test_a_uuid_is_read_in_either_case(value: UUID) -> None:
    assert uuid_from_text("uuid", str(value)) == value
    assert uuid_from_text("uuid", str(value).upper()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "part-1",
        "379748e9ab4f54e2a409c66611038de5",
        "{379748e9-ab4f-54e2-a409-c66611038de5}",
        "urn:uuid:379748e9-ab4f-54e2-a409-c66611038de5",
        "3-79748e9ab4f54e2-a409-c66611038-de5",
        " 379748e9-ab4f-54e2-a409-c66611038de5",
        "x" * 10_000,
    ],
)
def test_another_text_is_refused_with_the_name_of_the_field_and_its_beginning(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^order_uuid: ") as refusal:
        uuid_from_text("order_uuid", text)

    assert len(str(refusal.value)) < 120
