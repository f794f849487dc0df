"""How a rehearsal can fail."""


class Problem(Exception):
    """A promise of docs/deploy.md is broken."""


class NotRehearsed(Exception):
    """The machine lacks what a rehearsal needs."""
