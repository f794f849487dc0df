"""The roles of the stack, in the order of their metrics' ports."""

ROLES = {
    "order": ("http", "relay", "consumer", "worker"),
    "inventory": ("grpc",),
    "payment": ("grpc",),
    "assembly": ("consumer", "worker"),
    "notification": ("consumer", "worker", "bot", "grpc"),
}

PROGRAMS = tuple(f"{service}-{role}" for service, roles in ROLES.items() for role in roles)
"""The names of their programs."""
