"""What makes a rehearsal fail."""


class Problem(Exception):
    """Something that the files say does not work, or does not agree; the message says what."""
