"""The assembly service's environment: a class per role and command, <Role>Settings."""

from typing import Self

from pydantic import Field, model_validator

from libs.contracts.events.declared import ORDER_PAID
from libs.contracts.redrive import REDRIVE_AFTER_S, SHIP_MAY_BE_LATE_S
from libs.contracts.settings import AssembledTopicSettings, PaidTopicSettings, group_field
from libs.settings.groups import CelerySettings, KafkaRoleSettings, RoleSettings
from libs.tasks.limits import LONGEST_RUN_S, VISIBILITY_TIMEOUT_S

MAX_BUILD_TIME_S = min(
    REDRIVE_AFTER_S - SHIP_MAY_BE_LATE_S, VISIBILITY_TIMEOUT_S - LONGEST_RUN_S - 1
)
"""A longer build would be redriven, or its task redelivered, while it is in progress."""

SERVICE = "assembly_service"


class WorkerSettings(RoleSettings, KafkaRoleSettings, CelerySettings, AssembledTopicSettings):
    pass


class DlqSettings(KafkaRoleSettings, PaidTopicSettings):
    order_paid_group: str = group_field(ORDER_PAID, "assembly")


class ConsumerSettings(RoleSettings, DlqSettings, CelerySettings):
    build_time_min_s: int = Field(1, alias="ASSEMBLY_BUILD_TIME_MIN_S", ge=0)
    """Shortest build of a ship, in seconds."""
    build_time_max_s: int = Field(10, alias="ASSEMBLY_BUILD_TIME_MAX_S", ge=0)
    """Longest build of a ship, in seconds; at most 20, because orders are redriven after 30."""
    queue_limit: int = Field(5000, alias="QUEUE_LIMIT", ge=1)
    """Waiting tasks above which the consumer pauses; it resumes at half of it."""

    @model_validator(mode="after")
    def _build_times_are_a_range(self) -> Self:
        if self.build_time_min_s > self.build_time_max_s:
            raise ValueError(
                f"ASSEMBLY_BUILD_TIME_MIN_S={self.build_time_min_s} is above"
                f" ASSEMBLY_BUILD_TIME_MAX_S={self.build_time_max_s}"
            )
        return self

    @model_validator(mode="after")
    def _a_ship_is_not_redriven_while_it_is_built(self) -> Self:
        if self.build_time_max_s > MAX_BUILD_TIME_S:
            raise ValueError(
                f"ASSEMBLY_BUILD_TIME_MAX_S={self.build_time_max_s} is above"
                f" {MAX_BUILD_TIME_S}: the order service redrives a ship that is not built"
                f" after {REDRIVE_AFTER_S} s"
            )
        return self
