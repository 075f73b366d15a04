"""Issues one certificate with pyca/cryptography, as a script of a few lines would: CA-KEY CA-CERTIFICATE CSR OUT."""

import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID


def main(key_path, certificate_path, request_path, out_path):
    with open(key_path, "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    with open(certificate_path, "rb") as file:
        authority = x509.load_pem_x509_certificate(file.read())
    with open(request_path, "rb") as file:
        request = x509.load_pem_x509_csr(file.read())
    if not request.is_signature_valid:
        sys.exit("the request's signature does not verify")
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = dict.fromkeys(
        ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"], False)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(authority.subject)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA384())
    )
    with open(out_path, "wb") as file:
        file.write(leaf.public_bytes(serialization.Encoding.PEM))


main(*sys.argv[1:])
