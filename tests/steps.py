"""How much work something is, on whichever machine it runs."""

import sys


def steps(work, *, module):
    """How many lines of the module run while the work is done; a generator's next value is one of them."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        if frame.f_globals.get("__name__") != module:
            return None
        count += event in ("call", "line")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
