"""The rows of all tables and the numbers of all sequences, kept aside and put back past triggers and policies."""

from contextlib import contextmanager

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg import sql

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class Snapshot:
    def __init__(self):
        with superuser() as cursor:
            tables = [table for (table,) in cursor.execute(TABLES).fetchall()]
            self.rows = {table: read(cursor, table) for table in tables}
            self.sequences = cursor.execute(SEQUENCES).fetchall()

    def restore(self):
        with superuser() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, self.rows))))
            for table, rows in self.rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
            for sequence, last_value in self.sequences:
                cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{sequence}"', last_value])
        ContentType.objects.clear_cache()


def read(cursor, table):
    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)


@contextmanager
def superuser():
    at = connection.settings_dict
    host = at["OPTIONS"].get("host") or at["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname=at["NAME"]) as own, own.cursor() as cursor:
        yield cursor
