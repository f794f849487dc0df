"""The assembly service's environment."""

from typing import Self

from pydantic import Field, model_validator

from libs.settings.groups import CelerySettings, KafkaSettings, ProcessSettings
from libs.tasks.app import LONGEST_RUN_S, VISIBILITY_TIMEOUT_S, ensure_held_tasks_stay_hidden


class AssemblySettings(ProcessSettings, KafkaSettings, CelerySettings):
    order_paid_group: str = Field("assembly-group-order-paid", alias="ORDER_PAID_CONSUMER_GROUP_ID")
    build_time_min_s: int = Field(1, alias="ASSEMBLY_BUILD_TIME_MIN_S", ge=0)
    build_time_max_s: int = Field(10, alias="ASSEMBLY_BUILD_TIME_MAX_S", ge=0)
    queue_limit: int = Field(5000, alias="QUEUE_LIMIT", ge=1)

    @model_validator(mode="after")
    def _build_times_are_a_range(self) -> Self:
        if self.build_time_min_s > self.build_time_max_s:
            raise ValueError(
                f"ASSEMBLY_BUILD_TIME_MIN_S={self.build_time_min_s} is above"
                f" ASSEMBLY_BUILD_TIME_MAX_S={self.build_time_max_s}"
            )
        return self

    @model_validator(mode="after")
    def _a_waiting_ship_is_not_delivered_again(self) -> Self:
        ensure_held_tasks_stay_hidden(self.build_time_max_s + LONGEST_RUN_S, VISIBILITY_TIMEOUT_S)
        return self
