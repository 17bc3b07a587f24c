"""Smells of misplaced work: writing doors, rooms that read the clock, queueing, lost errors."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import (
    File,
    Finding,
    Smell,
    calls,
    dotted,
    functions,
    in_door,
    in_product,
    in_room,
    in_tracker,
    is_python,
)

WRITES = {
    "save", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "acreate", "asave", "adelete", "aupdate",
}  # fmt: skip
QUERYSET = re.compile(r"\b(objects|filter|exclude|all|select_for_update)\b")
WRITING_SQL = re.compile(r"^\s*(INSERT INTO|UPDATE \w+ SET|DELETE FROM|TRUNCATE)\b", re.IGNORECASE)


def _writes(call: ast.Call, receiver: str, method: str) -> bool:
    """Judge one call; `cache.delete("key")` and `context.update(…)` change no row."""
    if method == "save" and _is_form(receiver):
        return False
    if method in {"create", "update"}:
        return bool(QUERYSET.search(receiver))
    if method == "delete":
        return bool(QUERYSET.search(receiver)) or not (call.args or call.keywords)
    return method in WRITES


def _is_form(receiver: str) -> bool:
    return receiver.rpartition(".")[2] in {"form", "serializer", "formset"}


def doors_that_write(file: File) -> Iterator[Finding]:
    """Find rows changed by a door; a form or a serializer may save when it calls an operation."""
    for call, name in calls(file):
        receiver, _, method = name.rpartition(".")
        if _writes(call, receiver, method):
            yield call.lineno, f"a door writes: {name}()"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and WRITING_SQL.match(str(node.value)):
            yield node.lineno, "a door holds SQL that writes"


CLOCKS = {
    "timezone.now", "timezone.localtime", "timezone.localdate", "datetime.now", "datetime.utcnow",
    "datetime.today", "date.today", "datetime.datetime.now", "datetime.date.today", "time.time",
    "field_now", "clock.field_now",
}  # fmt: skip
ENVIRONMENT = {"os.environ", "os.getenv"}


def rooms_that_read_the_clock(file: File) -> Iterator[Finding]:
    """Find the clock, chance and the environment below the doors; durations may be measured."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = dotted(node)
            if name in CLOCKS:
                yield node.lineno, f"a room reads the clock: {name}; take at= instead"
            elif name in ENVIRONMENT or (name.startswith("random.") and name != "random.Random"):
                yield node.lineno, f"a room reads {name}; take it as a parameter"
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno, f"{node.arg} reads the clock in save()"


def queueing_outside_the_outbox(file: File) -> Iterator[Finding]:
    """Find Celery or NOTIFY rung by anybody but the outbox."""
    for call, name in calls(file):
        if name.rpartition(".")[2] in {"delay", "apply_async", "send_task"}:
            yield call.lineno, f"{name}() queues; post to the outbox"
        for argument in call.args:
            if isinstance(argument, ast.Constant) and "pg_notify" in str(argument.value):
                yield call.lineno, "NOTIFY belongs to the outbox"


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or dotted(one) in {"Exception", "BaseException"} for one in caught)


def _tells(handler: ast.ExceptHandler) -> bool:
    inside = list(ast.walk(handler))
    logged = any(isinstance(n, ast.Call) and dotted(n.func).endswith(".exception") for n in inside)
    return logged or any(isinstance(n, ast.Raise) for n in inside)


def swallowed_errors(file: File) -> Iterator[Finding]:
    """Find broad handlers that neither log nor raise, and silent ones that give no reason."""
    commented = {line for line, _ in file.comments}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ExceptHandler):
            silent = all(isinstance(one, ast.Pass | ast.Continue) for one in node.body)
            reason = commented.intersection(range(node.lineno, (node.end_lineno or 0) + 1))
            if _is_broad(node) and not _tells(node):
                yield node.lineno, "a broad handler must log with .exception() or raise"
            elif silent and not reason:
                yield node.lineno, "a silent handler needs a comment that says why"


def suppressed_errors(file: File) -> Iterator[Finding]:
    """Find suppress(Exception), which hides a typing error as well as the expected one."""
    for call, name in calls(file):
        broad = any(dotted(one) in {"Exception", "BaseException"} for one in call.args)
        if name.endswith("suppress") and broad:
            yield call.lineno, "suppress(Exception) swallows everything"


SIGNAL_MODULES = ("django.dispatch", "django.db.models.signals", "django.core.signals")


def signals(file: File) -> Iterator[Finding]:
    """Find signals, which hide who does what."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            from_models = node.module == "django.db.models" and "signals" in names
            if from_models or str(node.module).startswith(SIGNAL_MODULES):
                yield node.lineno, "signals hide who does what; call the operation"


def save_overrides(file: File) -> Iterator[Finding]:
    """Find models that do more than keep columns when they are saved or deleted."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef):
            for one in functions(node):
                if one.name in {"save", "delete"}:
                    yield one.lineno, f"{one.name}() override; write an operation"


def bare_saves(file: File) -> Iterator[Finding]:
    """Find saves that name no columns and so overwrite what another process wrote."""
    for call, name in calls(file):
        receiver, _, method = name.rpartition(".")
        named = call.args or call.keywords or _is_form(receiver)
        if method == "save" and receiver and not named:
            yield call.lineno, f"bare {name}(): name update_fields or force_insert"


def imports_inside_functions(file: File) -> Iterator[Finding]:
    """Find imports that hide in a function."""
    for function in functions(file.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, f"import inside {function.name}()"


def positional_operations(file: File) -> Iterator[Finding]:
    """Find public operations that can be called by position, where two datetimes get swapped."""
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if node.args.args or node.args.posonlyargs:
                yield node.lineno, f"{node.name}() takes arguments by position"
            for default in [*node.args.kw_defaults, *node.args.defaults]:
                if isinstance(default, ast.Constant) and isinstance(default.value, bool):
                    yield node.lineno, f"{node.name}() has a boolean switch; write two operations"


# The one reader of field time, and the hook by which a crash test reaches a process it started.
READERS = {"tracker/exercises/clock.py", "tracker/outbox/crashpoints.py"}
DOOR = "tracker/web/convoys.py"
ROOM = "tracker/convoys/operations.py"
QUERIES = "tracker/convoys/queries.py"
TABLES = "tracker/convoys/models.py"

SMELLS = (
    Smell(
        "doors that write",
        doors_that_write,
        # A benchmark writes past the rooms, in a database of its own, to compare them with that.
        lambda file: in_door(file) and not file.path.startswith("tracker/management/bench_"),
        bad=(
            File(DOOR, "Convoy.objects.filter(id=1).update(state=held)\n"),
            File(DOOR, "def post(request):\n    convoy.save(update_fields=['state'])\n"),
            File(DOOR, "convoy.vehicles.all().delete()\n"),
            File(DOOR, "convoy.delete()\n"),
            File("tracker/api/log.py", "LogEvent.objects.create(kind='note')\n"),
            File("tracker/tasks/log.py", "cursor.execute('DELETE FROM tracker_logevent')\n"),
        ),
        good=(
            File(DOOR, "context.update(title=title)\n"),
            File(DOOR, "form.save()\n"),
            File(DOOR, "cache.delete('key')\n"),
            File(ROOM, "Convoy.objects.filter(id=1).update(state=held)\n"),
        ),
    ),
    Smell(
        "rooms that read the clock",
        rooms_that_read_the_clock,
        lambda file: in_room(file) and file.path not in READERS,
        bad=(
            File(ROOM, "held_at = timezone.now()\n"),
            File(ROOM, "from tracker.exercises.clock import field_now\nheld_at = field_now()\n"),
            File(TABLES, "held_at = DateTimeField(default=timezone.now)\n"),
            File(TABLES, "held_at = DateTimeField(auto_now_add=True)\n"),
            File(ROOM, "host = os.environ['SMTP_HOST']\n"),
            File(ROOM, "pause_s = random.uniform(0.5, 1.5)\n"),
        ),
        good=(
            File(ROOM, "def hold_convoy(*, at): return at\n"),
            File(DOOR, "held_at = field_now()\n"),
            File("tracker/exercises/clock.py", "now = timezone.now()\n"),
            File("tracker/outbox/bell.py", "opened_at = time.monotonic()\n"),
        ),
    ),
    Smell(
        "queueing outside the outbox",
        queueing_outside_the_outbox,
        lambda file: in_tracker(file) and file.room != "outbox",
        bad=(
            File(ROOM, "send_alert.delay(convoy.pk)\n"),
            File(DOOR, "current_app.send_task('tracker.tasks.alerts.send')\n"),
            File(ROOM, "cursor.execute(\"SELECT pg_notify('outbox', '')\")\n"),
        ),
        good=(
            File(ROOM, "outbox.post(kind='convoy.held', subject=convoy, payload={}, at=at)\n"),
            File("tracker/outbox/bell.py", "current_app.send_task('tracker.tasks.outbox.drain')\n"),
        ),
    ),
    Smell(
        "swallowed errors",
        swallowed_errors,
        in_product,
        bad=(
            File(ROOM, "try:\n    send()\nexcept Exception:\n    sent = False\n"),
            File(ROOM, "try:\n    send()\nexcept:\n    log('failed')\n"),
            File(ROOM, "try:\n    send()\nexcept OSError:\n    pass\n"),
        ),
        good=(
            File(ROOM, "try:\n    send()\nexcept Exception:\n    logger.exception('send')\n"),
            File(ROOM, "try:\n    send()\nexcept Exception as e:\n    raise Failed from e\n"),
            File(ROOM, "try:\n    stop()\nexcept OSError:\n    pass  # it has gone already\n"),
        ),
    ),
    Smell(
        "suppressed errors",
        suppressed_errors,
        in_product,
        bad=(File(ROOM, "with suppress(Exception):\n    send()\n"),),
        good=(File(ROOM, "with suppress(ProcessLookupError):\n    stop()\n"),),
    ),
    Smell(
        "signals",
        signals,
        in_product,
        bad=(
            File(ROOM, "from django.dispatch import receiver\n"),
            File(ROOM, "from django.db.models import signals\n"),
        ),
        good=(File(ROOM, "import signal\n"), File(ROOM, "from django.db.models import Q\n")),
    ),
    Smell(
        "save() overrides",
        save_overrides,
        lambda file: in_tracker(file) and file.path.endswith("/models.py"),
        bad=(File(TABLES, "class Convoy(Model):\n    def save(self, **kw):\n        pass\n"),),
        good=(File(TABLES, "class Convoy(Model):\n    def __str__(self):\n        pass\n"),),
    ),
    Smell(
        "bare saves",
        bare_saves,
        in_product,
        bad=(File(ROOM, "convoy.save()\n"),),
        good=(
            File(ROOM, "convoy.save(update_fields=['state'])\n"),
            File("tracker/web/routes.py", "form.save()\n"),
        ),
    ),
    Smell(
        "imports inside functions",
        imports_inside_functions,
        is_python,
        bad=(File(ROOM, "def draw():\n    import numpy\n"),),
        good=(File(ROOM, "if TYPE_CHECKING:\n    import numpy\n\ndef draw():\n    pass\n"),),
    ),
    Smell(
        "operations called by position or by a switch",
        positional_operations,
        lambda file: in_room(file) and file.path.endswith("/operations.py"),
        bad=(
            File(ROOM, "def hold_convoy(convoy, at):\n    pass\n"),
            File(ROOM, "def hold_convoy(*, convoy, quietly=False):\n    pass\n"),
        ),
        good=(
            File(ROOM, "def hold_convoy(*, convoy, at, by, reason):\n    pass\n"),
            File(QUERIES, "def convoys_overdue(at):\n    pass\n"),
        ),
    ),
)
