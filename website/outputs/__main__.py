"""`python -m website.outputs site`: write the outputs of a built book, and say how many there are of each kind."""

import re
import sys
from pathlib import Path

from website.outputs import write

found = write(Path(sys.argv[1]))
kinds = [re.sub(r".*\.", "", path.name) for path in found]
print(", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)))
