"""The limits of the layers below the services, and the design that the project is an answer to."""

from tests.bench.layers.celery_layer import publish_and_work
from tests.bench.layers.kafka_layer import one_at_a_time, produce_and_consume
from tests.bench.layers.shop_layer import bare_route_and_update
from tests.bench.load.orders import wait_until_done, warm_up
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System


def measure_layers(system: System, scale: Scale) -> Result:
    """Measure each layer alone, on the engines of the stack, while it has no other work."""
    warm_up(system, scale.warm_up_orders)
    wait_until_done(system, 0, orders=0)
    lines: list[Line] = [
        *bare_route_and_update(system, scale.layer_calls, scale.layer_marked),
        *produce_and_consume(system, scale.layer_records),
        *publish_and_work(system, scale.layer_tasks),
    ]
    if scale.slept_builds_s:
        lines.append(one_at_a_time(system, scale.slept_builds_s))
    return Result(
        name="layers",
        title="The layers alone, on the same engines",
        unit="piece",
        lines=tuple(lines),
    )
