"""SQL that moves several orders at once, for calls that wait at the same moment.

Each statement has the conditions of its twin for one order. It passes over a locked order. The
caller tries every order that did not move alone, and so finds out why.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, TEXT, TIMESTAMP
from sqlalchemy.types import TypeEngine

from order_service.model.order import PAYING
from order_service.repository.statements import CLAIM_COLUMNS, NO_CLAIM, QUEUED

Types = Mapping[str, TypeEngine[Any]]

_CLAIM: Types = {"wanted": Uuid(), "mine": Uuid(), "method": TEXT()}

_EVENT: Types = {
    "queued_event_uuid": Uuid(),
    "queued_topic": TEXT(),
    "queued_key": TEXT(),
    "queued_payload": BYTEA(),
    "queued_headers": JSONB(),
}

_PAYMENT: Types = {**_CLAIM, "transaction": Uuid(), "at": TIMESTAMP(timezone=True), **_EVENT}


def _in_columns(types: Types, rows: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """Return the parameters of a statement: an array for each column."""
    return {name: [row[name] for row in rows] for name in types}


claims_in_columns = partial(_in_columns, _CLAIM)

payments_in_columns = partial(_in_columns, _PAYMENT)


def _locked(types: Types, condition: str) -> str:
    arrays = ", ".join(f":{name}" for name in types)
    return f"""
        WITH asked AS (
            SELECT * FROM unnest({arrays}) AS each ({", ".join(types)})
        ), locked AS (
            SELECT asked.*
            FROM asked JOIN orders ON order_uuid = wanted
            WHERE status = '{PAYING.begins}' AND {condition}
            FOR NO KEY UPDATE OF orders SKIP LOCKED
        )"""  # noqa: S608  # constants of the model


def _with_arrays(statement: str, types: Types) -> TextClause:
    return text(statement).bindparams(
        *(bindparam(name, type_=ARRAY(each)) for name, each in types.items())
    )


CLAIM_EACH = _with_arrays(
    f"""{_locked(_CLAIM, "claim_id IS NULL")}
        UPDATE orders
        SET claim_id = mine, paying_since = now(), claimed_method = method, doubt = NULL,
            updated_at = now()
        FROM locked
        WHERE order_uuid = wanted AND status = '{PAYING.begins}' AND claim_id IS NULL
        RETURNING {", ".join(each.name for each in CLAIM_COLUMNS)}
    """,  # noqa: S608
    _CLAIM,
)

MARK_EACH_PAID = _with_arrays(
    f"""{_locked(_PAYMENT, "(claim_id = mine OR claim_id IS NULL)")}, moved AS (
            UPDATE orders
            SET {", ".join(f"{name} = NULL" for name in NO_CLAIM)},
                claimed_at = paying_since, status = '{PAYING.ends}', payment_method = method,
                transaction_uuid = transaction, paid_at = at, updated_at = now()
            FROM locked
            WHERE order_uuid = wanted AND status = '{PAYING.begins}'
                AND (claim_id = mine OR claim_id IS NULL)
            RETURNING locked.*, orders.total_price
        ), announced AS (
            INSERT INTO outbox ({", ".join(QUEUED)}, order_uuid, occurred_at)
            SELECT queued_event_uuid, queued_topic, queued_key, queued_payload,
                CAST(queued_headers AS jsonb), wanted, now()
            FROM moved
        )
        SELECT mine, total_price FROM moved
    """,  # noqa: S608
    _PAYMENT,
)
