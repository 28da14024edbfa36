"""The current time in UTC, as default values use it."""

import datetime as dt


def now() -> dt.datetime:
    """Return the current date and time in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return the current date in UTC."""
    return now().date()


def time_of_day() -> dt.time:
    """Return the current time of day in UTC, in whole seconds."""
    return now().time().replace(microsecond=0)
