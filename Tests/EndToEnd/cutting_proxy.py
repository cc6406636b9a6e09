"""A TCP proxy in front of a gateway that cuts its connections when a test says so, as a bad network does."""

import socket
import struct
import threading


class CuttingProxy:
    """Hands on bytes both ways. While `refuses`, nobody comes through."""

    def __init__(self, address):
        self.address = address
        self.refuses = False
        self.open = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.refuses:
                self.reset(client)
                continue
            gateway = socket.create_connection(self.address)
            with self.lock:
                self.open |= {client, gateway}
            for source, sink in ((client, gateway), (gateway, client)):
                threading.Thread(target=self.hand_on, args=(source, sink), daemon=True).start()

    def hand_on(self, source, sink):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

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
        self.listener.close()
        self.cut()
