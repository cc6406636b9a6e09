"""Makes certificates with the openssl command, as an operator would."""

import subprocess


def openssl(*arguments, **options):
    options = {"check": True, "capture_output": True} | options
    return subprocess.run(["openssl", *map(str, arguments)], timeout=20, **options)


def self_signed(directory, name, stem="server"):
    """A key and a certificate for a DNS name and for loopback; gives both paths."""
    directory.mkdir(parents=True, exist_ok=True)
    certificate, key = directory / f"{stem}.pem", directory / f"{stem}.key"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
            "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate)
    return certificate, key


def signed(directory, authority, authority_key, name, alternative=None):
    """A key and a certificate for a client, signed by an authority; gives both paths. `alternative` becomes its
    subjectAltName, as the openssl command writes it."""
    request, certificate, key = (directory / f"{name}.{kind}" for kind in ("csr", "pem", "key"))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", key, "-out", request)
    extensions = directory / f"{name}.ext"
    extensions.write_text(f"subjectAltName={alternative}\n" if alternative else "")
    openssl("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial",
            "-days", 30, "-extfile", extensions, "-out", certificate)
    return certificate, key
