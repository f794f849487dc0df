"""SQL of idempotency keys. Each statement changes a row only in the states that allow it."""

from sqlalchemy import JSON, SmallInteger, Text, bindparam, text

from order_service.model.idempotency import KEPT_HOURS, LEASE_S

IS_EXPIRED = f"kept.created_at < now() - interval '{KEPT_HOURS} hours'"

IS_FREE = f"""
    kept.status IS NULL AND kept.request_digest = excluded.request_digest
    AND (kept.attempt_id IS NULL OR kept.attempt_id = excluded.attempt_id
         OR kept.attempted_at < now() - interval '{LEASE_S} seconds')
"""

BEGIN = text(f"""
    INSERT INTO idempotency_keys AS kept
        (scope, key, request_digest, attempt_id, attempted_at, created_at)
    VALUES (:scope, :key, :digest, :mine, now(), now())
    ON CONFLICT (scope, key) DO UPDATE
    SET request_digest = excluded.request_digest, attempt_id = excluded.attempt_id,
        attempted_at = now(), status = NULL, body = NULL, location = NULL,
        created_at = CASE WHEN {IS_EXPIRED} THEN now() ELSE kept.created_at END
    WHERE {IS_EXPIRED} OR ({IS_FREE})
    RETURNING created_at < now() AS is_repeat
""")  # noqa: S608  # constants of this module

SEE = text("""
    SELECT request_digest, attempt_id, status, body, location
    FROM idempotency_keys
    WHERE scope = :scope AND key = :key
""")

FINISH = text("""
    UPDATE idempotency_keys
    SET status = :status, body = :body, location = :location
    WHERE scope = :scope AND key = :key AND attempt_id = :mine AND status IS NULL
""").bindparams(
    bindparam("status", type_=SmallInteger),
    bindparam("body", type_=JSON),
    bindparam("location", type_=Text),
)

RELEASE = text("""
    UPDATE idempotency_keys
    SET attempt_id = NULL
    WHERE scope = :scope AND key = :key AND attempt_id = :mine AND status IS NULL
""")

DELETE_EXPIRED = text(f"""
    DELETE FROM idempotency_keys
    WHERE (scope, key) IN (
        SELECT scope, key
        FROM idempotency_keys AS kept
        WHERE {IS_EXPIRED}
        ORDER BY created_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )
""")  # noqa: S608  # constants of this module
