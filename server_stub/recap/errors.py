"""What goes wrong with a recap, in words for people."""


class RecapError(Exception):
    """The recap, or its films, could not be made; the message is for people."""
