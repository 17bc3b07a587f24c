"""Smells of naming and wording: drawers, codes as text, notes to self, brochure words."""

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
    in_tests,
    in_tracker,
    is_python,
)

DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "base", "core", "handlers"}
VAGUE_CLASS = re.compile(r"(^Base(?!Rate)[A-Z]|(Manager|Helper|Service|Utils?|Handler|Base)$)")


def drawers(file: File) -> Iterator[Finding]:
    """Find modules, packages and classes whose name says nothing of what they hold."""
    for part in file.path.removesuffix(".py").split("/"):
        if part.lower() in DRAWERS:
            yield 1, f"{part} is a drawer; name what it holds"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name):
            inherited = any("Manager" in dotted(parent) for parent in node.bases)
            if not (inherited and node.name.endswith("Manager")):
                yield node.lineno, f"class {node.name}: name what it is, not that it is one"


STATUSES = frozenset(
    re.findall(
        r"\w+",
        """
        ANNOUNCED OPEN RESTRICTED SUSPENDED CLOSED UNKNOWN
        PLANNED UNDER_WAY SUCCEEDED PARTLY_SUCCEEDED FAILED CANCELLED
        ASSEMBLING MOVING HELD TURNED_BACK ARRIVED OUT_OF_CONTACT
        UNVERIFIED PARTLY_CORROBORATED CORROBORATED DISPUTED RETRACTED
        """,
    )
)
STATUS_NAMES = {"status", "outcome", "state", "verification"}


def _codes(node: ast.AST | None) -> list[ast.Constant]:
    """Pick the status codes out of a constant, or out of a tuple, list or set of constants."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [p for p in parts if isinstance(p, ast.Constant) and p.value in STATUSES]


def status_literals(file: File) -> Iterator[Finding]:
    """Find statuses compared, matched or set as text instead of by their TextChoices member."""
    for node in ast.walk(file.tree):
        codes: list[ast.Constant] = []
        if isinstance(node, ast.Compare):
            codes = [code for side in (node.left, *node.comparators) for code in _codes(side)]
        elif isinstance(node, ast.keyword | ast.MatchValue):
            is_status = getattr(node, "arg", "status") in STATUS_NAMES
            codes = _codes(node.value) if is_status else []
        for code in codes:
            yield code.lineno, f"{code.value!r} as text; use the member of its choices"


def every_field(file: File) -> Iterator[Finding]:
    """Find forms and serializers that take every column, now and in future."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "fields":
            if getattr(node.value, "value", None) == "__all__":
                yield node.lineno, 'fields = "__all__" publishes the next column too'


BANNER = re.compile(r"^#\s*([-=#*~_])\1{3,}|^#+\s*$|^###")
TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
DATED_TODO = re.compile(r"\bTODO\(\d{4}-\d{2}-\d{2}\): \w")
IGNORE = re.compile(r"#\s*(type:\s*ignore|noqa|nosec|pragma: no cover|djlint:off|fmt: off)\b")
REASONED_IGNORE = re.compile(r"#\s*(type: ignore\[[\w, -]+\]|noqa: [A-Z0-9, ]+?)\s+(# |\()\w")


def notes_to_self(file: File) -> Iterator[Finding]:
    """Find undated TODOs, banners, and ignores without code and reason."""
    for line, comment in file.comments:
        if BANNER.search(comment):
            yield line, "a banner; split the module instead"
        if TODO.search(comment) and not DATED_TODO.search(comment):
            yield line, "write TODO(2026-01-31): what and why, or do it"
        if IGNORE.search(comment) and not REASONED_IGNORE.search(comment):
            yield line, "an ignore needs its code and a reason: # type: ignore[code]  # why"


BROCHURE = re.compile(
    r"\b(robust|seamless(ly)?|powerful|comprehensive(ly)?|cutting[- ]edge|blazing(ly)?|"
    r"state[- ]of[- ]the[- ]art|effortless(ly)?|elegant(ly)?|world[- ]class|"
    r"enterprise[- ]grade|battle[- ]tested|lightning[- ]fast|delightful|leverag(e|es|ing)|"
    r"game[- ]chang(er|ing)|best[- ]in[- ]class|next[- ]gen(eration)?|supercharge[ds]?|"
    r"beautiful(ly)?|rich set of|out of the box)\b",
    re.IGNORECASE,
)
# One letter of each stands in brackets, so that this file does not hold the words it looks for.
ELSEWHERE = re.compile(
    r"/wor[k]/|/tmp/researc[h]|/far[m]/|/roo[t]/|pyp[i]\.org|pythonhoste[d]|npmj[s]\.|deb\.debia[n]"
    r"|sub[a]gent|\bclaud[e]\b|co-autho[r]ed-by|(?<!no-emit-)index[-]url|helper s[e]ssion",
    re.IGNORECASE,
)


def _prose(file: File) -> Iterator[tuple[int, str]]:
    """Yield comments and docstrings with their lines, or each line of a document."""
    if not is_python(file):
        yield from enumerate(file.lines, start=1)
        return
    yield from file.comments
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def brochure_words(file: File) -> Iterator[Finding]:
    """Find adjectives that praise instead of saying."""
    for line, text in _prose(file):
        for match in BROCHURE.finditer(text):
            yield line, f"{match.group()!r} praises; say what it does"


def words_from_elsewhere(file: File) -> Iterator[Finding]:
    """Find paths of one machine, registry hosts and words about how the text was made."""
    for line, text in enumerate(file.lines, start=1):
        for match in ELSEWHERE.finditer(text):
            yield line, f"{match.group()!r} does not belong to the product"


def tests_that_cannot_fail(file: File) -> Iterator[Finding]:
    """Find skips, sleeps, patches of own code and assertions that hold whatever happens."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {
            "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.skip",
        }:  # fmt: skip
            yield node.lineno, f"{dotted(node)}: a test that does not run"
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and node.test.value:
            yield node.lineno, "an assertion that cannot fail"
    for call, name in calls(file):
        target = call.args[0] if call.args else None
        if name in {"time.sleep", "sleep", "asyncio.sleep"}:
            yield call.lineno, "a sleep; wait for the fact with tests.waiting.until"
        if name.endswith(("patch", "monkeypatch.setattr")) and isinstance(target, ast.Constant):
            if str(target.value).startswith(("tracker.", "config.")):
                yield call.lineno, "own code is never patched; pass the fake in"


SPOKEN = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label", "title"}


def _is_bare(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and bool(re.search(r"[^\W\d_]{2}", str(node.value)))


def words_without_gettext(file: File) -> Iterator[Finding]:
    """Find labels, messages, form errors and names of choices that no translator will see."""
    for call, name in calls(file):
        last = name.rpartition(".")[2]
        texts = [one.value for one in call.keywords if one.arg in SPOKEN and in_door(file)]
        if last == "ValidationError" or name.startswith("messages."):
            texts += call.args
        yield from ((one.lineno, "text without gettext") for one in texts if _is_bare(one))
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef) and any(
            dotted(b).endswith("Choices") for b in node.bases
        ):
            for one in node.body:
                value = one.value if isinstance(one, ast.Assign) else None
                if isinstance(value, ast.Tuple) and _is_bare(value.elts[-1]):
                    yield one.lineno, "the name of a choice without gettext"


def first_line(file: File) -> Iterator[Finding]:
    """Find modules that do not say in their first line what they are for."""
    if file.text.strip() and not ast.get_docstring(file.tree):
        yield 1, "the module does not say what it is for"
    for function in functions(file.tree):
        doc = ast.get_docstring(function)
        if doc is not None and not doc.splitlines()[0].rstrip().endswith((".", ":", "?", ",")):
            if "." not in doc:
                yield function.lineno, f"the docstring of {function.name}() is no sentence"


SLASH, DASH = "/-"  # so that this file passes its own rule
ROOM = "tracker/convoys/operations.py"
FORM = "tracker/web/convoys.py"
TEST = "tests/convoys/test_operations.py"

SMELLS = (
    Smell(
        "drawers",
        drawers,
        is_python,
        bad=(
            File("tracker/utils.py", ""),
            File("tracker/lib/common.py", ""),
            File("tests/helpers/times.py", ""),
            File(ROOM, "class ConvoyManager:\n    pass\n"),
            File(ROOM, "class BaseEffect:\n    pass\n"),
        ),
        good=(
            File("tracker/lib/periods.py", ""),
            File(ROOM, "class UserManager(DjangoUserManager):\n    pass\n"),
        ),
    ),
    Smell(
        "status literals",
        status_literals,
        # Pure rooms may not import the choices of a table, so they carry the codes as text.
        lambda file: in_tracker(file) and file.room not in {"feeds", "lib"},
        bad=(
            File(ROOM, "if convoy.state == 'HELD':\n    pass\n"),
            File(ROOM, "Convoy.objects.filter(state='MOVING')\n"),
            File(ROOM, "ended = outcome in ('FAILED', 'CANCELLED')\n"),
            File(ROOM, "match status:\n    case 'OPEN':\n        pass\n"),
        ),
        good=(
            File(ROOM, "if convoy.state == ConvoyState.HELD:\n    pass\n"),
            File(ROOM, "class ConvoyState(TextChoices):\n    HELD = 'HELD', _('held')\n"),
        ),
    ),
    Smell(
        "every field",
        every_field,
        in_tracker,
        bad=(File(FORM, "class Meta:\n    fields = '__all__'\n"),),
        good=(File(FORM, "class Meta:\n    fields = ['code']\n"),),
    ),
    Smell(
        "notes to self",
        notes_to_self,
        is_python,
        bad=(
            File(ROOM, "# TODO: split\n"),
            File(ROOM, "# ------------ queries\n"),
            File(ROOM, "x = f()  # type: ignore\n"),
            File(ROOM, "x = f()  # noqa: S603\n"),
            File(ROOM, "x = f()  # type: ignore[arg-type]\n"),
        ),
        good=(
            File(ROOM, "# TODO(2026-03-01): drop the old column, one release after 0.2\n"),
            File(ROOM, "x = f()  # type: ignore[arg-type]  # the stub misses None\n"),
            File(ROOM, "x = '# TODO'\n"),
        ),
    ),
    Smell(
        "brochure words",
        brochure_words,
        lambda _file: True,
        bad=(
            File("README.md", "A robust tracker.\n"),
            File(ROOM, '"""Hold convoys seamlessly."""\n'),
            File(ROOM, "# elegant\n"),
        ),
        good=(File("README.md", "Tracks convoys.\n"), File(ROOM, "speed = 'powerful'\n")),
    ),
    Smell(
        "words from elsewhere",
        words_from_elsewhere,
        lambda _file: True,
        bad=(
            File("README.md", f"See {SLASH}work{SLASH}notes.md\n"),
            File(ROOM, f"# --index{DASH}url https://example.org\n"),
        ),
        good=(File("README.md", "See docs/glossary.md, at work or at home\n"),),
    ),
    Smell(
        "tests that cannot fail",
        tests_that_cannot_fail,
        lambda file: in_tests(file) and file.path != "tests/waiting.py",
        bad=(
            File(TEST, "@pytest.mark.skip\ndef test_it():\n    pass\n"),
            File(TEST, "@pytest.mark.xfail(reason='later')\ndef test_it():\n    pass\n"),
            File(TEST, "assert True\n"),
            File(TEST, "time.sleep(1)\n"),
            File(TEST, "monkeypatch.setattr('tracker.outbox.bell.ring', fake)\n"),
            File(TEST, "with mock.patch('tracker.outbox.bell.ring'):\n    pass\n"),
        ),
        good=(
            File(TEST, "assert state == expected\n"),
            File(TEST, "monkeypatch.setenv('PORT', '0')\n"),
        ),
    ),
    Smell(
        "words without gettext",
        words_without_gettext,
        in_tracker,
        bad=(
            File(FORM, "code = CharField(label='Code')\n"),
            File(FORM, "messages.success(request, 'Saved')\n"),
            File(FORM, "raise ValidationError('Too many people')\n"),
            File(ROOM, "class ConvoyState(TextChoices):\n    HELD = 'HELD', 'held'\n"),
        ),
        good=(
            File(FORM, "code = CharField(label=_('Code'))\n"),
            File(FORM, "messages.success(request, _('Saved'))\n"),
            File(ROOM, "class ConvoyState(TextChoices):\n    HELD = 'HELD', _('held')\n"),
        ),
    ),
    Smell(
        "modules that do not say what they are for",
        first_line,
        lambda file: in_product(file) or in_tests(file),
        bad=(
            File(ROOM, "import os\n"),
            File(ROOM, '"""Hold."""\n\ndef hold():\n    """the holding"""\n'),
        ),
        good=(File(ROOM, '"""Change the state of convoys."""\n'), File(ROOM, "")),
    ),
)
