"""Moments that PostgreSQL wrote while its clock was ahead."""

SET_BACK_S = 60
"""Seconds in the future from which on no moment is believed: the clock has been set back since it
was written. Also longer than any lease of a row, so that an end of a lease is judged by it too."""
