"""The bounded process that reads what other tools wrote into a picture; started by carried.py.

Writes {"said": {…} or null, "texts": [names]} or {"unreadable": "<why>"} to stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from studio.gallery.bounded import limit


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request)
    found: dict[str, Any]
    try:
        from generators.image.metadata import read
        from generators.image.metadata.texts import texts_of

        said = read(texts_of(Path(request["path"])))
        found = {"said": said.as_dict() if said is not None else None}
    except MemoryError:
        found = {"unreadable": "It needs more memory to read than the studio allows one file."}
    except Exception:  # decoders raise whatever they like on broken files
        found = {"unreadable": "It is no picture that can be read, or it is cut short."}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
