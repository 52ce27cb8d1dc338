from cases.models.cases import Case, speaks_for
from cases.models.product_areas import ProductArea
from cases.models.teams import Team, TeamMember
from cases.models.timeline import TimelineEntry

__all__ = ["Case", "ProductArea", "Team", "TeamMember", "TimelineEntry", "speaks_for"]
