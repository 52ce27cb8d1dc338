#!/usr/bin/env python
"""Django's commands, with the running portal's servers or, without one, servers for as long as the command runs."""

import errno
import os
import sys


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - someone will start this file with an older Python
        sys.exit("Python 3.11 or later is needed; this is Python " + sys.version.split()[0])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured

    from portal.embedded import configured, servers_for_a_command
    from portal.processes import CannotRun, in_plain_words

    try:
        if sys.argv[1:2] == ["up"]:
            configured(os.environ)
            run()
        else:
            with servers_for_a_command(os.environ):
                run()
    except (CannotRun, ImproperlyConfigured) as refusal:
        sys.exit(str(refusal))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(in_plain_words(error, os.environ["PORTAL_DATA_DIR"]))


def run():
    from django.core.management import execute_from_command_line

    from contacts import scope

    # Whoever may run commands here reaches everything anyway. Each request has the scope of its person.
    with scope.system(" ".join(sys.argv[1:2])):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
