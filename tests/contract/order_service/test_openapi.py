"""The application follows its OpenAPI document for any input."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.unit.order_service.api.rest import RestApiOnFakes
from tests.unit.order_service.builders import ORDER, a_delivery, an_order
from tests.unit.order_service.fakes import EveryPart, FakeDeliveries

DAY_S = 86400

api = RestApiOnFakes(an_order(), inventory=EveryPart(), deliveries=FakeDeliveries(a_delivery()))
schema = schemathesis.openapi.from_wsgi("/openapi.json", api.application)


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_one_that_the_document_lists(case: "Case[Any]") -> None:
    if "order_uuid" in case.path_parameters and case.method == "GET":
        case.path_parameters["order_uuid"] = str(ORDER)
    api.clock.pass_s(2 * DAY_S)  # a key of the previous case is new again

    case.call_and_validate()
