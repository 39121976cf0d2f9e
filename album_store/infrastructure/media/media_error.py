"""The error for an invalid cover or recording."""


class MediaError(Exception):
    """The file is invalid. The message is for the person who supplied it."""
