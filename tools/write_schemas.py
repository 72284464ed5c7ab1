"""Write docs/schema/*.schema.json from the types; a test holds them against each other."""

import json
from pathlib import Path

from kossa.evidence.schema import DOCUMENTS, json_schema


def main() -> None:
    """Write one file a document."""
    folder = Path(__file__).resolve().parent.parent / "docs" / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    for name in DOCUMENTS:
        text = json.dumps(json_schema(name), indent=1, sort_keys=True)
        (folder / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
