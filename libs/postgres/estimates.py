"""Counts rows without reading them: from the statistics of the planner."""

from sqlalchemy import Connection, text

ESTIMATE = text("""
    SELECT value, frequency * reltuples AS rows
    FROM pg_class
        JOIN pg_stats ON tablename = relname AND schemaname = current_schema()
        CROSS JOIN unnest(CAST(CAST(most_common_vals AS text) AS text[]), most_common_freqs)
            AS common (value, frequency)
    WHERE pg_class.oid = to_regclass(:table) AND attname = :column AND reltuples >= 0
""")


def estimated_rows(tx: Connection, table: str, column: str) -> dict[str, float]:
    """Return about how many rows have each common value of the column, as of the last ANALYZE.

    Empty if there are no statistics yet.
    """
    rows = tx.execute(ESTIMATE, {"table": table, "column": column})
    return {row.value: float(row.rows) for row in rows}
