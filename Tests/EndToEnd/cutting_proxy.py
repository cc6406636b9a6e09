"""A TCP proxy in front of a gateway that cuts its connections when a test says so, as a bad network does."""

import socket
import struct
import threading

from socket_server import SocketServer, pump


class CuttingProxy(SocketServer):
    """Hands on bytes both ways. While `refuses`, nobody comes through."""

    def __init__(self, address):
        self.address = address
        self.refuses = False
        self.open = set()
        self.lock = threading.Lock()
        super().__init__()

    def serve(self, client):
        if self.refuses:
            return self.reset(client)
        gateway = socket.create_connection(self.address)
        with self.lock:
            self.open |= {client, gateway}
        threading.Thread(target=pump, args=(gateway, client), daemon=True).start()
        pump(client, gateway)

    @staticmethod
    def reset(connection):
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # Closing alone would not end what another thread waits for.
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()

    def cut(self):
        """Ends all connections at once, whatever they are in the middle of."""
        with self.lock:
            connections, self.open = self.open, set()
        for connection in connections:
            self.reset(connection)

    def stop(self):
        super().stop()
        self.cut()
