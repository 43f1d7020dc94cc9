"""The TLS certificate a place shows at its door: given by a technician, or made here and pinned by who comes to it."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.exam.error import Invalid, KioskError
from kiosk.ground.home import write_secret
from kiosk.sealing.copy import read_file

YEARS = 5
LARGEST = 32_768
LONGEST_NAME = 253
LONGEST_COMMON_NAME = 64
"""RFC 5280, `ub-common-name`."""


@dataclass(frozen=True, slots=True)
class DoorCertificate:
    """Files of a TLS certificate and its key."""

    certificate: Path
    key: Path

    @classmethod
    def own(cls, folder: Path, name: str = "door") -> "DoorCertificate":
        """Return where a certificate made here lies, and its key beside it."""
        return cls(folder / f"{name}.certificate.pem", folder / f"{name}.key.pem")

    @property
    def exists(self) -> bool:
        """Whether both are there."""
        return self.certificate.exists() and self.key.exists()

    def pem(self) -> str:
        """Return the certificate as PEM; raises KioskError where it is missing, Invalid for something else."""
        data = read_file(self.certificate, LARGEST)
        try:
            found = x509.load_pem_x509_certificate(data)
        except ValueError:
            raise Invalid(f"{self.certificate} is not a certificate in PEM") from None
        return found.public_bytes(Encoding.PEM).decode("ascii")

    def fingerprint(self) -> str:
        """Return the SHA-256 of the certificate (DER) in lower-case hex, to be compared by voice."""
        return x509.load_pem_x509_certificate(self.pem().encode("ascii")).fingerprint(hashes.SHA256()).hex()

    def make(self, names: Iterable[str], now: datetime, common_name: str) -> None:
        """Make a certificate that vouches for itself; what is there stays.

        `names` are the host names and addresses it may be reached by, `common_name` says to people whose it is.
        Raises Invalid for one that cannot be a name, KioskError where the key of a certificate is lost that others
        may have pinned.
        """
        if self.exists:
            return
        if self.certificate.exists():
            raise KioskError(
                f"{self.certificate} is here without its key {self.key.name}. Bring the key back; or remove the "
                "certificate, and give everybody who comes here the new one."
            )
        self.key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(key, list(dict.fromkeys(names)), now, common_name)
        self.key.unlink(missing_ok=True)
        write_secret(self.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        write_secret(self.certificate, made.public_bytes(Encoding.PEM))

    def check(self) -> None:
        """Raise KioskError where one of the two is missing, or others may read the key."""
        self.pem()
        if not self.key.exists():
            raise KioskError(f"The key file {self.key} is missing.")
        if self.key.stat().st_mode & 0o077:
            raise KioskError(f"The key file {self.key} can be read by others. Make it private: chmod 600.")


def _certificate(
    key: ec.EllipticCurvePrivateKey, names: list[str], now: datetime, common_name: str
) -> x509.Certificate:
    public = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:LONGEST_COMMON_NAME])])
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True}
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        if not name or len(name) > LONGEST_NAME:
            raise ValueError
        return x509.DNSName(name)
    except ValueError:
        raise Invalid(f"{name[:80]!r} cannot be the name of a machine") from None
