"""Reads the project's own files, so that a smell is a pure function over one of them."""

import ast
import io
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("web", "api", "gateways", "tasks", "management", "admin")
SKIPPED_FOLDERS = frozenset({"__pycache__", "vendor", ".venv", ".local", ".git"})


@dataclass(frozen=True)
class File:
    """One file of the project, or one planted by a test under a path of its choice."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        """Parse the file as Python."""
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """List the comments with their line numbers; text inside strings is none."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]

    @property
    def lines(self) -> list[str]:
        """Split the text into lines."""
        return self.text.splitlines()

    @property
    def room(self) -> str:
        """Name the child of tracker/ that holds the file, or nothing outside tracker/."""
        parts = self.path.split("/")
        return parts[1].removesuffix(".py") if parts[0] == "tracker" and len(parts) > 1 else ""


Finding = tuple[int, str]
Look = Callable[[File], Iterator[Finding]]


@dataclass(frozen=True)
class Smell:
    """A rule: what to look for, in which files, with one offence and one clean line planted."""

    name: str
    look: Look = field(repr=False)
    concerns: Callable[[File], bool] = field(repr=False)
    bad: tuple[File, ...] = field(repr=False)
    good: tuple[File, ...] = field(repr=False)

    def found_in(self, file: File) -> list[str]:
        """Report each offence as `path:line: what`."""
        if not self.concerns(file):
            return []
        return [f"{file.path}:{line}: {what}" for line, what in self.look(file)]


@cache
def _read(path: Path) -> File:
    # Once for all rules: to parse every file anew for each of them takes most of their time.
    return File(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def project_files(*patterns: str) -> list[File]:
    """Read the files that match, skipping what is vendored or generated."""
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    return [
        _read(path)
        for path in paths
        if path.is_file() and not SKIPPED_FOLDERS.intersection(path.relative_to(ROOT).parts)
    ]


def python_files() -> list[File]:
    """Read every Python file of the project."""
    return project_files("manage.py", "config/**/*.py", "tracker/**/*.py", "tests/**/*.py")


def template_files() -> list[File]:
    """Read every template a person sees."""
    return project_files("templates/**/*.html", "templates/**/*.txt")


def document_files() -> list[File]:
    """Read every document of the project."""
    return project_files("*.md", "docs/**/*.md", "deploy/**/*.md")


def is_python(file: File) -> bool:
    return file.path.endswith(".py")


def in_tracker(file: File) -> bool:
    return is_python(file) and bool(file.room) and file.room != "migrations"


def in_product(file: File) -> bool:
    return in_tracker(file) or (is_python(file) and file.path.startswith("config/"))


def in_door(file: File) -> bool:
    return in_tracker(file) and file.room in DOORS


def in_room(file: File) -> bool:
    """Say whether the file lies below the doors; template tags draw, so they count as a room."""
    return in_tracker(file) and file.room not in DOORS


def in_tests(file: File) -> bool:
    return is_python(file) and file.path.startswith("tests/")


def dotted(node: ast.AST) -> str:
    """Write a chain of names and attributes as text: `timezone.now`; calls and indexes vanish."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def calls(file: File) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call with the dotted name of what is called."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
