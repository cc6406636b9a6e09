"""nginx as an HTTP/2 front with TLS before the fake provider, started for one test."""

import shutil
import socket
import subprocess

from harness import until

CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  log_format protocol "$server_protocol $status"; access_log {folder}/access.log protocol;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/front.pem; ssl_certificate_key {folder}/front.key;
    client_max_body_size 0;
    location / {{ proxy_request_buffering off; proxy_pass http://127.0.0.1:{provider}; proxy_http_version 1.1; proxy_buffering off; }}
  }}
}}
"""


class Front:
    """Passes everything on to the provider; `protocols` tells how each request came in."""

    def __init__(self, folder, provider_port):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-keyout", folder / "front.key", "-out", folder / "front.pem", "-subj", "/CN=front",
             "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(folder=folder, port=self.port, provider=provider_port))
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
        self.process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE)
        until(self.answers, what="nginx to listen")

    def answers(self):
        assert self.process.poll() is None, self.process.stderr.read()
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def base_url(self):
        return f"https://127.0.0.1:{self.port}/v1"

    @property
    def certificate(self):
        return str(self.folder / "front.pem")

    def protocols(self, count):
        """The protocol and status of each request, once there are `count`: nginx writes them after the answer."""
        log = self.folder / "access.log"
        until(lambda: len(log.read_text().splitlines()) >= count, what=f"nginx to log {count} requests")
        return log.read_text().splitlines()

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()
