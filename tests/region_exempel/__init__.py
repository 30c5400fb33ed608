"""Region Exempel: a made-up region, added to the real content by files alone."""

from pathlib import Path
from shutil import copytree

from knowledge.content import CONTENT, DOCUMENTS, Content, read_content

HERE = Path(__file__).parent


def with_region_exempel(folder: Path) -> Content:
    """The real content and Region Exempel, as files in `folder`, read and checked. Raises ContentError."""
    root, documents = folder / "content", folder / "documents"
    copytree(CONTENT, root)
    copytree(DOCUMENTS, documents)
    copytree(HERE / "content", root, dirs_exist_ok=True)
    copytree(HERE / "documents", documents, dirs_exist_ok=True)
    for name in ("sources.yml", "services.yml"):
        with (root / name).open("a", encoding="utf-8") as file:
            file.write((HERE / name).read_text(encoding="utf-8"))
    return read_content(root, documents)
