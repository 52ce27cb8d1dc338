"""The roles of the embedded PostgreSQL, and of docker-compose.yml's: who owns the tables, and who the portal works as."""

from pathlib import Path

OWNER, WEB = "portal_owner", "portal_web"
# Makes both, for psql.
SCRIPT = Path(__file__).with_suffix(".sql")
