"""Timestamps that PostgreSQL wrote while its clock was ahead."""

SET_BACK_S = 60
"""Seconds. A timestamp further in the future is ignored: the clock has been set back since it was
written. Longer than any lease of a row, so that it applies to the end of a lease too."""
