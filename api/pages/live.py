"""The word that tells the script whether a page has changed."""

import hashlib
import json
from typing import Any


def word(*facts: Any) -> str:
    """Of what a page shows, as the API answers it: other facts, another word; no word tells a fact."""
    said = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
