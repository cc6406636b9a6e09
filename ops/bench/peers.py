"""The proxies that are compared: their configurations and commands. Each runs with one worker.

The upstream of all is mockllm on 127.0.0.1:26400. Each listens on three ports: plain, TLS with RSA-2048, TLS with P-256.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

KEY = "sk-bench-5f0c9b7a2e4d4c1fa6d8e3b1c7f09a52"
UPSTREAM = 26400
PATH = "/v1/chat/completions"
NAMES = ("nginx", "haproxy", "sluice", "sluice-logging")


@dataclass
class Place:
    """Where a peer listens, and where its files go."""

    name: str
    folder: Path
    root: Path

    @property
    def ports(self):
        first = 26500 + 10 * NAMES.index(self.name)
        return first, first + 1, first + 2

    @property
    def urls(self):
        plain, rsa, ec = self.ports
        return {
            "plain": f"http://127.0.0.1:{plain}{PATH}",
            "rsa": f"https://127.0.0.1:{rsa}{PATH}",
            "ec": f"https://127.0.0.1:{ec}{PATH}",
        }

    def command(self):
        """Writes the configuration and tells how to start the peer."""
        if self.name == "nginx":
            return nginx(self)
        if self.name == "haproxy":
            return haproxy(self)
        return sluice(self, access_log="off" if self.name == "sluice" else str(self.folder / "log" / "access.jsonl"))

    def write(self, name, text):
        file = self.folder / "conf" / name
        file.write_text(text)
        return str(file)


def nginx(place):
    plain, rsa, ec = place.ports
    log, certs = place.folder / "log", place.folder / "certs"
    location = """location / {
      proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_buffering off; proxy_cache off; proxy_read_timeout 600s; proxy_send_timeout 600s;
    }"""
    file = place.write("nginx.conf", f"""
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid {log}/nginx.pid; error_log {log}/nginx.err crit;
events {{ worker_connections 19000; use epoll; }}
http {{
  access_log off; server_tokens off; tcp_nodelay on; gzip off; keepalive_timeout 300s; keepalive_requests 100000000;
  client_max_body_size 64m; client_body_buffer_size 512k;
  client_body_temp_path {log}/nginx_body; proxy_temp_path {log}/nginx_proxy;
  fastcgi_temp_path {log}/nginx_f; uwsgi_temp_path {log}/nginx_u; scgi_temp_path {log}/nginx_s;
  ssl_session_cache off; ssl_session_tickets off; ssl_protocols TLSv1.2 TLSv1.3;
  upstream upstream {{
    server 127.0.0.1:{UPSTREAM}; keepalive 4096; keepalive_requests 100000000; keepalive_timeout 300s;
  }}
  server {{ listen 127.0.0.1:{plain} backlog=8192;
    {location} }}
  server {{ listen 127.0.0.1:{rsa} ssl backlog=8192;
    ssl_certificate {certs}/rsa.crt; ssl_certificate_key {certs}/rsa.key;
    {location} }}
  server {{ listen 127.0.0.1:{ec} ssl backlog=8192;
    ssl_certificate {certs}/ec.crt; ssl_certificate_key {certs}/ec.key;
    {location} }}
}}
""")
    return ["/usr/sbin/nginx", "-c", file, "-p", str(log)]


def haproxy(place):
    plain, rsa, ec = place.ports
    certs = place.folder / "certs"
    file = place.write("haproxy.cfg", f"""
global
  maxconn 9500
  nbthread 1
  noreuseport
defaults
  mode http
  no log
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 300s
  option http-keep-alive
  option http-no-delay
  http-reuse always
frontend f
  maxconn 9500
  bind 127.0.0.1:{plain} backlog 8192
  bind 127.0.0.1:{rsa} ssl crt {certs}/rsa.pem no-tls-tickets alpn http/1.1 backlog 8192
  bind 127.0.0.1:{ec} ssl crt {certs}/ec.pem no-tls-tickets alpn http/1.1 backlog 8192
  default_backend b
backend b
  server s1 127.0.0.1:{UPSTREAM} maxconn 9500
""")
    return ["/usr/sbin/haproxy", "-db", "-q", "-f", file]


def sluice(place, access_log):
    """As it is used: callers show a key, which is looked up, and every request and event is counted."""
    plain, rsa, ec = place.ports
    certs = place.folder / "certs"
    (place.folder / "conf" / "upstream.key").write_text(KEY)

    def secure(name, port):
        pair = {"certificate_file": f"{certs}/{name}.crt", "key_file": f"{certs}/{name}.key"}
        return {"name": name, "address": f"127.0.0.1:{port}", "tls": {"certificates": [pair]}}

    configuration = {
        "listeners": [{"name": "plain", "address": f"127.0.0.1:{plain}"}, secure("rsa", rsa), secure("ec", ec)],
        "workers": 1,
        "upstreams": {
            "mock": {
                "kind": "openai",
                "base_url": f"http://127.0.0.1:{UPSTREAM}/v1",
                "api_key": {"file": "upstream.key"},
                "max_in_flight": 100_000,
            }
        },
        "models": [{"name": "mock-model", "targets": [{"upstream": "mock"}]}],
        "keys": [{"id": "bench", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "user": "bench"}],
        "policies": [{"kind": "auth", "require": "key"}],
        "telemetry": {"access_log": access_log, "log_level": "warning"},
    }
    file = place.write(f"{place.name}.json", json.dumps(configuration, indent=2))
    return [str(place.root / ".build/release/sluice"), "serve", "--config", file]
