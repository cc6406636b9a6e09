"""What several files of tests have the provider do (`x_provider`; see provider.py)."""

WORDS = ["Grüße ", "aus ", "東京 ", "🚀", '\u2028end "quoted" \\ \n']
TOOL = {"name": "get_weather", "arguments": ['{"city"', ': "Köln"}']}

# Every way a stream can break after its head. None may look like a success; `hasty` has short timeouts.
BROKEN = {
    "closed": {"cut_after": 3},
    "reset": {"cut_after": 3, "cut": "rst", "gap_ms": 5},
    "stalled": {"stall_after": 3},
    "malformed event": {"malformed_after": 3},
    "no end": {"done": False, "finish": False},
    "error event": {"error_after": 3},
}
