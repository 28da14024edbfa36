"""The error that rolls an update back."""


class UpdateRejected(Exception):  # noqa: N818  (not an error of this program)
    """The update is rolled back. The message says why, and what to do."""
