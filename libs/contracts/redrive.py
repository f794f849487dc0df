"""When the order service asks for a ship again: who builds one has to be done before."""

REDRIVE_AFTER_S = 30
"""Seconds after the publication of OrderPaid at which a ship is asked for again."""

SHIP_MAY_BE_LATE_S = 10
"""Of these, what is left for everything but the building itself."""
