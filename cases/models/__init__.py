from cases.models.cases import Case, Kind, Status, Urgency, speaks_for
from cases.models.product_areas import ProductArea
from cases.models.timeline import Step, TimelineEntry

__all__ = [
    "Case",
    "Kind",
    "ProductArea",
    "Status",
    "Step",
    "TimelineEntry",
    "Urgency",
    "speaks_for",
]
