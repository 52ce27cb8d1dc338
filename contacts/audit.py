from contacts.models import AuditEvent, District


def record(action, *, by, on, **detail):
    """Add an audit event. ``by=None`` is the portal itself; ``on`` is the model instance acted on."""
    recorded = event(action, by=by, on=on, **detail)
    recorded.save(force_insert=True)
    return recorded


def record_all(events):
    return AuditEvent.objects.bulk_create(events, batch_size=1000)


def event(action, *, by, on, **detail):
    """The audit event of ``record``, not yet saved."""
    district_id = on.pk if isinstance(on, District) else getattr(on, "district_id", None)
    return AuditEvent(
        action=action,
        actor_key=str(by.pk) if by else "",
        actor_label=str(by) if by else "The portal",
        object_type=on._meta.label,
        object_key=str(on.pk),
        object_label=str(on)[:320],
        district_key=str(district_id or ""),
        detail=detail,
    )
