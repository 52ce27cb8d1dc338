"""The roles of the database: who owns the tables, and who the portal works as (see portal/walls.py)."""

from pathlib import Path

OWNER, WEB = "portal_owner", "portal_web"
# Makes both, for psql.
SCRIPT = Path(__file__).with_suffix(".sql")
