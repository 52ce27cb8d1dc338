"""Which changes to the code go unnoticed by its tests? `make mutants ARGS=cases/actions` lists them.

A guard, a lock or a filter that can be taken out without a red test is untested. This takes out or turns around one
after the other and runs the tests that enter the changed function, until one fails. Decorators, class attributes and
defaults stay as they are.

It all happens in forks of one pytest process, each with its own copy of the test database, so the servers, the
migrations and the imports are paid for once. The code is changed in memory only: no file is ever written.
"""

import argparse
import ast
import gc
import importlib
import os
import signal
import sys
import textwrap
import time
import traceback
from collections import defaultdict
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType

import psycopg
import pytest
from _pytest.runner import runtestprotocol
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet

from portal import roles

OPPOSITES = {ast.Eq: ast.NotEq, ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.In: ast.NotIn, ast.Is: ast.IsNot, ast.And: ast.Or}
OPPOSITES |= {there: here for here, there in OPPOSITES.items()}
OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
LINKS = {"filter", "exclude", "order_by", "select_for_update"}  # and the methods of the project's own querysets


def replace(node, **fields):
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


def without_each(nodes):
    return [nodes[:i] + nodes[i + 1 :] for i in range(len(nodes))]


def names(node, context):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context)}


def changes(node, links):
    """What may stand in the place of a statement or an expression."""
    match node:
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign(targets=[target]) if names(target, ast.Store) <= names(node.value, ast.Load):
            yield ast.Pass()  # Any other name would be missed at once, by every test.
        case ast.If():
            yield replace(node, test=ast.UnaryOp(ast.Not(), node.test)) if node.orelse else ast.Pass()
            yield replace(node, test=ast.Constant(True))
        case ast.With() if not any(item.optional_vars for item in node.items):
            yield ast.If(ast.Constant(True), node.body, [])
        case ast.Constant(value=True | False):
            yield ast.Constant(not node.value)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.BoolOp():
            yield replace(node, op=OPPOSITES[type(node.op)]())
            yield from (replace(node, values=rest) if rest[1:] else rest[0] for rest in without_each(node.values))
        case ast.Compare(ops=[op]) if type(op) in OPPOSITES:
            yield replace(node, ops=[OPPOSITES[type(op)]()])
        case ast.BinOp(op=ast.BitOr() | ast.BitAnd()):
            yield from (node.left, node.right)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield node.left
        case ast.Set() | ast.List(ctx=ast.Load()):
            yield from (replace(node, elts=rest) for rest in without_each(node.elts))
        case ast.comprehension():
            yield from (replace(node, ifs=rest) for rest in without_each(node.ifs))
        case ast.Call(func=ast.Name(id=name)) if name in OTHER_NAMES:
            yield replace(node, func=ast.Name(OTHER_NAMES[name], ast.Load()))
        case ast.Call(func=ast.Attribute(value=chain, attr=link)) if link in links:
            yield ast.Call(ast.Attribute(chain, "all", ast.Load()), [], [])
            if link == "select_for_update":
                yield from (replace(node, keywords=rest) for rest in without_each(node.keywords))


def may_change(parent, field, node):
    """Function bodies, and what a module assigns and checks when it is imported."""
    if isinstance(parent, ast.Module):
        return isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.If)
    if isinstance(parent, ast.ClassDef):
        return isinstance(node, ast.FunctionDef | ast.ClassDef)
    return isinstance(node, ast.AST) and (field == "body" or not isinstance(parent, ast.FunctionDef))


def mutants(source, filename="mutant", links=frozenset(LINKS)):
    """For every change: its line, its words, the line of the function around it (None: the module's own), and code."""
    tree = ast.parse(source)

    def visit(parent, function):
        for field, value in ast.iter_fields(parent):
            nodes = value if isinstance(value, list) else [value]
            is_all_of_an_if = isinstance(parent, ast.If) and len(nodes) == 1 and not parent.orelse
            for i, node in enumerate(nodes):
                if not may_change(parent, field, node):
                    continue
                for new in changes(node, links):
                    if isinstance(new, ast.Pass) and is_all_of_an_if:
                        continue  # The same as leaving out the `if`.
                    both = beside(new, node)
                    setattr(parent, field, [*nodes[:i], both, *nodes[i + 1 :]] if nodes is value else both)
                    yield getattr(node, "lineno", None) or parent.lineno, words(node, new), function, code(function)
                    setattr(parent, field, value)
                yield from visit(node, node.lineno if isinstance(node, ast.FunctionDef) else function)

    def code(function):
        # Where the module itself is changed, only what it assigns is run again.
        body = tree.body if function else [node for node in tree.body if isinstance(node, ast.Assign | ast.If)]
        return compile(ast.fix_missing_locations(ast.Module(body, [])), filename, "exec")

    return visit(tree, None)


def beside(new, old):
    """The old code stays beside the new, never run, so that closures keep their variables."""
    if isinstance(old, ast.stmt):
        return ast.If(ast.Constant(True), [new], [old])
    return ast.IfExp(ast.Constant(True), new, old) if isinstance(old, ast.expr) else new


def words(old, new):
    return "  ->  ".join(textwrap.shorten(ast.unparse(node), 80, placeholder=" ...") for node in (old, new))


def instrumented(source, filename):
    """The code, in which every function says when it is entered."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body += ast.parse(f"_entered.add({(filename, node.lineno)})").body
            node.body.insert(0, node.body.pop())
    return compile(tree, filename, "exec")


def whose(code):
    return code.co_filename, code.co_qualname, code.co_firstlineno


def put(functions, code):
    """Replace the code of the functions in memory by the module's."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            for function in functions[whose(part)]:
                function.__code__ = part
            put(functions, part)


def assign_again(module, code):
    """Run a module's assignments; what comes out different takes the old value's place wherever it was imported."""
    fresh = dict(vars(module))
    try:
        exec(code, fresh)  # noqa: S102
    except Exception:
        os._exit(1)  # Nobody could import it.
    for name, old in list(vars(module).items()):
        if fresh[name] != old:
            for other in list(sys.modules.values()):
                if getattr(other, "__dict__", {}).get(name) is old:
                    setattr(other, name, fresh[name])


def copy_database(name, copy):
    """By the superuser, who alone may throw out what the tests of a killed mutant left connected."""
    with psycopg.connect(os.environ["DATABASE_URL"], user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {copy} TEMPLATE {name} OWNER {roles.OWNER}")


class Mutants:
    """A pytest plugin: runs the tests once as they are, then those concerned once more for every mutant."""

    def __init__(self, files):
        self.files = files
        self.running, self.killed, self.survived = {}, 0, 0

    @pytest.fixture(scope="session", autouse=True)
    @classmethod
    def _database_before_the_first_test(cls, django_db_setup):
        connection.close()
        copy_database(connection.settings_dict["NAME"], "mutants")

    def pytest_runtestloop(self, session):
        if session.testsfailed:
            return True
        self.say = session.config.pluginmanager.get_plugin("terminalreporter").write_line
        names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in self.files]
        modules = dict(zip(self.files, map(importlib.import_module, names), strict=True))
        functions = defaultdict(list)
        for each in gc.get_objects():
            if isinstance(each, FunctionType):
                functions[whose(each.__code__)].append(each)
        tests = self.run_unchanged(session.items, modules, functions)
        if not session.testsfailed:
            self.run_changed(modules, functions, tests)
        return True

    def run_unchanged(self, items, modules, functions):
        """Which tests enter a function, or any of a module's, and how long they take."""
        entered, tests = set(), defaultdict(dict)
        for file, module in modules.items():
            module._entered = entered
            put(functions, instrumented(file.read_text(), module.__file__))
        for item, next_item in pairwise([*items, items[0].session]):
            entered.clear()
            started = time.monotonic()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
            for filename, line in entered:
                tests[filename, line][item] = tests[filename, None][item] = time.monotonic() - started
        connection.close()
        return tests

    def run_changed(self, modules, functions, tests):
        querysets = {type(model._default_manager.all()) for model in apps.get_models()} - {QuerySet}
        links = LINKS.union(*map(vars, querysets))
        databases = [f"mutant_{core}" for core in range(os.cpu_count())]
        gc.freeze()  # Otherwise every fork would soon copy all of the memory.
        self.say("")
        for file, module in modules.items():
            put(functions, compile(file.read_text(), module.__file__, "exec"))
            for line, change, function, code in mutants(file.read_text(), module.__file__, links):
                make = partial(put, functions, code) if function else partial(assign_again, module, code)
                database = databases.pop() if databases else self.wait()
                copy_database("mutants", database)
                pid = fork(database, make, tests[module.__file__, function])
                self.running[pid] = database, f"{file}:{line}: {change}"
        while self.running:
            self.wait()
        found = self.killed + self.survived
        self.say(f"The tests notice {self.killed} of {found} changes: {self.killed / max(found, 1):.0%}.")

    def wait(self):
        """Until a mutant's tests are over; give its database back."""
        pid, status = os.wait()
        database, change = self.running.pop(pid)
        if status:
            self.killed += 1
        else:
            self.survived += 1
            self.say(change)
        return database


def fork(database, make, tests):
    """Run the tests on a changed copy of this process, the quickest first. It ends with 0 if none of them fails."""
    if pid := os.fork():
        return pid
    try:
        # A test that hangs has noticed; the alarm ends the process, and not with 0.
        signal.alarm(60 + 5 * int(sum(tests.values())))
        connection.settings_dict["NAME"] = database
        make()
        for item in sorted(tests, key=tests.get):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=item.session)):
                os._exit(1)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def main():
    parser = argparse.ArgumentParser(prog="make mutants", description="List the changes to code that no test notices.")
    parser.add_argument("paths", nargs="+", type=Path, help="files or packages, such as cases/actions")
    parser.add_argument("-n", "--tests", nargs="+", help="the tests to run (default: those of the paths' apps)")
    options = parser.parse_args()
    files = [file for path in options.paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    tests = options.tests or sorted({f"tests/{path.parts[0]}" for path in options.paths})
    arguments = ["-q", "--tb=short", "-p", "no:cacheprovider", "-m", "not bench and not browser", *tests]
    return pytest.main(arguments, [Mutants(files)])


if __name__ == "__main__":
    sys.exit(main())
