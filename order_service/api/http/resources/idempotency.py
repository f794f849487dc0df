"""The Idempotency-Key header: a repeated request gets the first answer and has no effect."""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Response, request

from libs.errors import AppError, Unavailable
from libs.lifecycle.crashing import crash_point
from order_service.api.http.failures import answer_of, present
from order_service.api.http.guards.callers import current_caller
from order_service.converter.answers import HEADER_PATTERN, digest_of, key_from_header
from order_service.model.errors import InFlight
from order_service.model.idempotency import Answer, Attempt, KeyedRequest
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.ports import NewId

HEADER = "Idempotency-Key"

REPLAYED = "Idempotency-Replayed"

OPEN_SCOPE = "open"
"""Scope of the keys of an open API: all callers share it."""

PARAMETER = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "pattern": HEADER_PATTERN},
    "description": "For 24 h a repeat with the same key gets the stored answer.",
}

Work = Callable[[Attempt | None], Answer]
"""Does the request's work; the attempt is None for a request without a key."""

log = structlog.get_logger(__name__)


class AnswerOnce:
    def __init__(self, keys: IdempotencyKeys, *, new_id: NewId) -> None:
        self._keys = keys
        self._new_id = new_id

    def __call__(self, body: dict[str, Any], work: Work) -> Response:
        """Do the work, or return the stored answer of an earlier attempt.

        Stores final answers: success, and refusals that the work itself decided. Does not store
        answers that a repeat may change: 5xx, and 409 for something in flight. The work stores its
        own success.
        """
        header = request.headers.get(HEADER)
        if header is None:
            return present(work(None))
        keyed = KeyedRequest(
            scope=current_caller() or OPEN_SCOPE,
            key=key_from_header(header),
            digest=digest_of(str(request.url_rule), request.view_args, body),
        )
        begun = self._keys.begin(keyed, attempt_id=self._new_id())
        if isinstance(begun, Answer):
            answer = present(begun)
            answer.headers[REPLAYED] = "true"
            return answer
        crash_point("after_key_claim")
        return present(self._attempt(begun, work))

    def keep(self, attempt: Attempt | None, answer: Answer) -> Answer:
        """Store a success. If that fails, a repeat finds out by itself what was done."""
        if attempt is not None:
            self._note(lambda: self._keys.finish(attempt, answer))
        return answer

    def _attempt(self, attempt: Attempt, work: Work) -> Answer:
        try:
            return work(attempt)
        except AppError as error:
            if isinstance(error, InFlight | Unavailable):
                self._note(lambda: self._keys.release(attempt))
            else:
                self.keep(attempt, answer_of(error))
            raise
        except Exception:
            self._note(lambda: self._keys.release(attempt))
            raise

    def _note(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Unavailable as error:
            log.warning("idempotency_key_left_open", reason=str(error))
