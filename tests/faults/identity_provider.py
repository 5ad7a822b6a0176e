"""An identity provider in a process of its own, over TLS, as providers are: `python -m tests.faults.identity_provider`.

It is oidc-provider-mock, behind a certificate that only the rig trusts. Whoever names an address of mail there is its
owner.
"""

from __future__ import annotations

import ssl
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

from tests.support.source_files import ROOT

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """A running provider. Its issuer is the way that leads to it: it takes the name under which it is asked."""

    port: int
    certificate: Path

    def visit(self, url: str, email: str) -> str:
        """Sign in there: where the browser is sent back to, as path and query."""
        response = requests.post(
            url, data={"sub": email}, verify=str(self.certificate), allow_redirects=False, timeout=60
        )
        assert response.status_code in (302, 303), response.text
        _, _, back = response.headers["Location"].partition("://")
        return "/" + back.partition("/")[2]


@contextmanager
def running_identity_provider(folder: Path) -> Iterator[IdentityProvider]:
    """A provider for as long as the block lasts; its certificate lies in the folder."""
    certificate = folder / "provider.pem"
    _write_certificate(certificate)
    command = [sys.executable, "-m", "tests.faults.identity_provider", str(certificate)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield IdentityProvider(int(process.stdout.readline()), certificate)
    finally:
        process.kill()
        process.communicate(timeout=10)


def _write_certificate(file: Path) -> None:
    """A key and a certificate for this machine that vouches for itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.NameAttribute(NameOID.COMMON_NAME, "The rig")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([name]))
        .issuer_name(x509.Name([name]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(_HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )


def main(certificate: str) -> None:
    """Serve until killed."""
    warnings.simplefilter("ignore")  # it still uses what its own libraries will drop one day
    from oidc_provider_mock import User, app  # noqa: PLC0415  # only in that process

    emails = [f"ana@{domain}.example" for domain in ("refused", "silent", "hung")]
    known = [User(sub=email, claims={"email": email, "email_verified": True}) for email in emails]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    provider = app(require_nonce=True, user_claims=known)
    server = make_server(_HOST, 0, provider, threaded=True, ssl_context=context)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
