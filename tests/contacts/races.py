from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event

from django.db import connection, transaction


def at_once(*verbs):
    """Run the functions at once, each on its own database connection; return what each returned or raised."""
    start = Barrier(len(verbs))

    def run(verb):
        try:
            connection.ensure_connection()
            start.wait(timeout=10)
            return verb()
        except Exception as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


@contextmanager
def locked(model, *rows):
    """Another connection holds the rows' locks; here, whoever waits for one fails after a second."""
    has_lock, done = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                list(model.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in rows]))
                has_lock.set()
                done.wait(timeout=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(hold)
        try:
            assert has_lock.wait(timeout=10)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            yield
        finally:
            done.set()
            held.result()
            connection.close()
