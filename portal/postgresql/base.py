"""Django's PostgreSQL backend, which tells the database the scope of each transaction (contacts/scope.py)."""

from django.db import transaction
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from contacts.scope import NONE

SET_SCOPE = """
SELECT
    set_config('portal.scope', %s, true),
    set_config('portal.district', %s, true),
    set_config('portal.person', %s, true)
"""


class DatabaseWrapper(base.DatabaseWrapper):
    scope = NONE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(in_a_transaction)

    def enter(self, scope):
        """Use the scope from now on, also in a transaction that has begun."""
        if scope != self.scope:
            self.scope = scope
            if self.in_atomic_block:
                self._set_scope()

    def _set_autocommit(self, autocommit):
        super()._set_autocommit(autocommit)
        if not autocommit and self.scope != NONE:
            self._set_scope()

    def _set_scope(self):
        # After an error nothing can be set any more, and the rollback restores what was set before.
        if self.connection.info.transaction_status != TransactionStatus.INERROR:
            with self.wrap_database_errors:
                self.connection.execute(SET_SCOPE, self.scope.settings)


def in_a_transaction(execute, sql, params, many, context):
    """A statement on its own runs in a transaction of its own, since a scope is never set for longer than one."""
    connection = context["connection"]
    if connection.scope == NONE or connection.in_atomic_block:
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        return execute(sql, params, many, context)
