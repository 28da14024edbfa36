"""Moments: dates, times of day, and both with a time zone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from ...literals import literal
from .base import ORDER, from_field_types
from .parsed import Parsed

if TYPE_CHECKING:
    from ..fields import Field


class Moment(Parsed):
    """What dates and times have in common."""

    operators = ORDER
    made = "now"
    now: ClassVar[str]
    """This moment as the database makes it, as source."""
    sqlite_now: ClassVar[str] = ""
    """The same where SQLite's own functions leave out the fractions that SQLAlchemy writes: SQLite compares text."""

    def made_in_database(self, *, sqlite: bool) -> str:
        """Return this moment."""
        return f"server_default={(self.sqlite_now if sqlite else '') or self.now}"

    def sqlite_text(self, value: Any) -> str:
        """Return a value as SQLAlchemy writes it in SQLite, which compares text."""
        return str(value)

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """Return it as text."""
        value = self.json(field, field.default)
        return literal(self.sqlite_text(self.parsed(value)) if sqlite else value)


class Date(Moment):
    """A day of the calendar."""

    name = "date"
    summary = "a day"
    python = "dt.date"
    python_class = dt.date
    request = "Date"
    column = "sa.Date()"
    migration = "sa.Date()"
    imports = (*from_field_types("Date"), "app.core.clock.today", "datetime as dt")
    record = "date"
    made_by = "today"
    now = "sa.func.current_date()"
    samples = ("2026-01-31", "2026-02-28")
    spellings = ("2024-02-29", dt.date(1999, 12, 31))
    invalid = "tomorrow"

    def error(self, field: Field, value: object) -> str | None:
        """YAML reads a date without quotes itself."""
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return None
        return super().error(field, value)


class Time(Moment):
    """A time of day, without a time zone."""

    name = "time"
    summary = "a time of day, without a time zone"
    python = "dt.time"
    python_class = dt.time
    request = "LocalTime"
    column = "sa.Time()"
    migration = "sa.Time()"
    imports = (*from_field_types("LocalTime"), "app.core.clock.time_of_day", "datetime as dt")
    record = "time"
    made_by = "time_of_day"
    now = "sa.func.current_time()"
    sqlite_now = "sa.text(\"(strftime('%H:%M:%f000', 'now'))\")"
    samples = ("08:30:00", "17:45:00")
    spellings = ("08:30", "23:59:59", "00:00:00.250000")
    invalid = "noon"

    def meaning_error(self, found: Any) -> str | None:
        """Reject a time zone."""
        if found.tzinfo is not None:
            return "has a time zone, which means nothing without a date: remove it"
        return None

    def sqlite_text(self, value: Any) -> str:
        """Write the fractions."""
        return str(value.isoformat(timespec="microseconds"))

    def response_type(self, field: Field) -> str:
        """Return the type whose form is documented."""
        return "LocalTime"


class DateTime(Moment):
    """A moment, shown in UTC."""

    name = "datetime"
    summary = "a moment, with a time zone; shown in UTC"
    aliases = ("timestamp", "timestamptz")
    python = "dt.datetime"
    python_class = dt.datetime
    request = "UtcDateTime"
    column = "TimestampUtc()"
    migration = "sa.DateTime(timezone=True)"
    imports = (*from_field_types("UtcDateTime"), "app.core.clock.now", "app.core.model.TimestampUtc", "datetime as dt")
    record = "datetime"
    made_by = "now"
    now = "sa.func.now()"
    sqlite_now = "sa.text(\"(strftime('%Y-%m-%d %H:%M:%f000', 'now'))\")"
    samples = ("2026-01-31T08:30:00Z", "2026-02-28T17:45:00Z")
    spellings = (
        "2026-01-31T08:30:00Z",
        "2026-01-31T08:30:00.5+02:00",
        "2026-01-31 08:30:00-09:30",
        dt.datetime(2026, 1, 31, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    )
    invalid = "yesterday"

    def meaning_error(self, found: Any) -> str | None:
        """Reject what has no time zone, or no moment in UTC."""
        if found.tzinfo is None:
            return "has no time zone: write it with Z at its end"
        found.astimezone(dt.timezone.utc)  # noqa: UP017  (Python 3.10 has no dt.UTC)
        return None

    def json(self, field: Field, value: Any) -> Any:
        """Return it in UTC."""
        moment = self.parsed(value).astimezone(dt.timezone.utc)  # noqa: UP017  (Python 3.10 has no dt.UTC)
        return moment.isoformat().replace("+00:00", "Z")

    def sqlite_text(self, value: Any) -> str:
        """Write the fractions, and no time zone."""
        return str(value.strftime("%Y-%m-%d %H:%M:%S.%f"))
