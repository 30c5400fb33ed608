"""The errors of the knowledge base."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in the content, told so that an editor finds it."""

    file: str
    """Path relative to the content folder."""
    line: int
    """1-based; 0 when the problem belongs to the whole file."""
    reason: str
    """Swedish: editors read it."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class KnowledgeError(Exception):
    """Anything that keeps the knowledge base from answering."""


class ContentError(KnowledgeError):
    """The content is wrong; nothing of it was loaded."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownRegion(KnowledgeError):
    """A region that the content does not hold."""


class UnreadableDate(KnowledgeError):
    """What should be a date is none."""


class DatabaseUnavailable(KnowledgeError):
    """The knowledge base cannot be reached or holds no content."""
