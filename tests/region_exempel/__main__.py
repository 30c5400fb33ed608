"""`python -m tests.region_exempel INDEX`: export the content with Region Exempel, for the sealed runtime."""

import sys
import tempfile
from pathlib import Path

from knowledge.export import write_index
from tests.region_exempel import with_region_exempel

with tempfile.TemporaryDirectory() as folder:
    write_index(with_region_exempel(Path(folder)), Path(sys.argv[1]))
