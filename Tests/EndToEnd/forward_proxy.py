"""A small HTTP proxy for one test: forwards requests in absolute form and tunnels CONNECT."""

import socket
import threading
from contextlib import suppress

from socket_server import SocketServer, pump


class ForwardProxy(SocketServer):
    """`requests` holds the first line of each request that came."""

    def __init__(self):
        self.requests = []
        super().__init__()

    def serve(self, client):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(65_536)
            if not piece:
                return client.close()
            data += piece
        line = data.split(b"\r\n", 1)[0].decode()
        self.requests.append(line)
        method, target, _ = line.split(" ")
        host = target if method == "CONNECT" else target.split("/")[2]
        name, port = host.rsplit(":", 1)
        server = socket.create_connection((name, int(port)))
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            server.sendall(data)
        with client, server:
            back = threading.Thread(target=pump, args=(client, server), daemon=True)
            back.start()
            pump(server, client)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            back.join()
