"""How dates and times are written (settings.FORMAT_MODULE_PATH): ``Nov 22, 2026`` and ``Nov 22, 2026, 7:35 PM``."""

DATE_FORMAT = SHORT_DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "M j, Y, g:i A"
TIME_FORMAT = "g:i A"
