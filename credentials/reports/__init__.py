from credentials.reports.effects import effects_of

__all__ = ["effects_of"]
