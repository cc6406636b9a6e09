"""An MCP server over streamable HTTP, by the `mcp` package: `python mcp_server.py PORT json|sse`. Ends by a signal."""

import sys

from mcp.server.fastmcp import FastMCP

server = FastMCP("math", host="127.0.0.1", port=int(sys.argv[1]), json_response=sys.argv[2] == "json", log_level="ERROR")


@server.tool()
def add(a: int, b: int) -> str:
    """Adds two numbers."""
    return f"{a} + {b} = {a + b}"


@server.tool()
def fail() -> str:
    """Always fails."""
    raise ValueError("nothing works")


server.run(transport="streamable-http")
