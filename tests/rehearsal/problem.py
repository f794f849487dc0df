"""How a rehearsal ends if it does not end well."""


class Problem(Exception):
    """Something that was promised is not so."""


class NotRehearsed(Exception):
    """The machine lacks what it takes."""
