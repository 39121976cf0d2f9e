"""The error for an invalid cover or recording."""


class MediaError(Exception):
    """The file is invalid; the message is a sentence for the user who supplied it."""
