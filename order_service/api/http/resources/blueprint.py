"""What the calls of all resources share: strict parsing, and documented failures and headers."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from order_service.api.http.parsing import StrictParser
from order_service.api.http.resources.schemas import ErrorSchema

View = Callable[..., Any]

RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}

CHALLENGE = {"WWW-Authenticate": {"schema": {"type": "string"}}}

RATE_LIMIT = {
    "RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Calls in a window"},
    "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "Calls left in it"},
    "RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds to the next window"},
}
"""Headers of every answer when calls are counted."""


class GuardedBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    ARGUMENTS_PARSER = StrictParser()

    def fails(
        self, *statuses: int, headers: dict[str, Any] | None = None
    ) -> Callable[[View], View]:
        """Document the failures of a call; the default answer documents 500.

        Leaves out flask-smorest's wrappers, one per status, which each call would pass through.
        """

        def decorate(view: View) -> View:
            documented: Any = view
            for status in statuses:
                wrapper = self.alt_response(status, schema=ErrorSchema, headers=headers)(view)
                documented._apidoc = wrapper._apidoc  # noqa: SLF001  # flask-smorest's place for it
            return view

        return decorate

    def is_guarded(self, view: View) -> View:
        """Document the refusals that any call may get before its view runs."""
        view = self.fails(401, headers=CHALLENGE)(view)
        return self.fails(429, headers={**RATE_LIMIT, **RETRY_AFTER})(view)
