"""A web service that agents' tools call: `/say` answers, `/meet` answers when so many calls are there at once, and `/mcp`
is an MCP server without tools, which counts its sessions."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class ToolServer:
    """Listens on a free loopback port. `requests` are (method, target, headers, body); `most` calls were there at once."""

    def __init__(self):
        self.requests = []
        self.most = self.present = self.left = self.sessions = 0
        self.lock = threading.Condition()
        self.ending = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.serve(self, body)

            do_POST = do_DELETE = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, handler, body):
        url = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with self.lock:
            self.requests.append((handler.command, handler.path, dict(handler.headers), body))
            self.present += 1
            self.most = max(self.most, self.present)
            self.lock.notify_all()
            if url.path == "/hang":
                handler.connection.settimeout(0.02)
                while not self.ending and not self.has_left(handler):
                    self.lock.wait(0.02)
                self.left += 1
            elif url.path == "/meet":
                # Waits a while for company, so that calls which are made together are seen together.
                self.lock.wait_for(lambda: self.most >= int(query["count"]), float(query.get("patience", 5)))
        status = int(query.get("status", 200))
        fields = {}
        if url.path == "/mcp" and body:
            message = json.loads(body)
            if message["method"] == "initialize":
                self.sessions += 1
                fields = {"mcp-session-id": f"session-{self.sessions}"}
            result = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {"name": "x"}, "tools": []}
            return self.answer(handler, 200 if "id" in message else 202, fields, json.dumps(
                {"jsonrpc": "2.0", "id": message.get("id"), "result": result}).encode())
        reply = json.dumps({"result": {"said": query.get("text", "")}, "method": handler.command}).encode()
        self.answer(handler, status, {}, reply)

    def answer(self, handler, status, fields, reply):
        try:
            handler.send_response(status)
            for name, value in {"content-length": str(len(reply)), "content-type": "application/json", **fields}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(reply)
        except OSError:
            pass
        with self.lock:
            self.present -= 1

    def ended_sessions(self):
        """The MCP sessions of which it was told that they are over."""
        return [headers.get("mcp-session-id") for method, path, headers, _ in list(self.requests)
                if method == "DELETE" and path == "/mcp"]

    @staticmethod
    def has_left(handler):
        try:
            return handler.connection.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    def stop(self):
        self.ending = True
        self.server.shutdown()
        self.server.server_close()
