"""What is wrong with a cover or a recording."""


class MediaError(Exception):
    """The file is not what it should be; the message is a sentence for the person who gave it."""
