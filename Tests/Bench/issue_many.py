"""Issues many certificates with pyca/cryptography, as a script would: CA-KEY CA-CERTIFICATE REQUESTS.jsonl OUT COUNT."""

import base64
import datetime
import itertools
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

USAGE = dict.fromkeys(
    ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
     "encipher_only", "decipher_only"], False)


def issue(key, authority, line):
    request = x509.load_der_x509_csr(base64.b64decode(json.loads(line)["csr"], validate=True))
    if not request.is_signature_valid:
        sys.exit("the request's signature does not verify")
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(authority.subject)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **USAGE), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA384())
    )


def main(key_path, certificate_path, requests_path, out_path, count):
    with open(key_path, "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    with open(certificate_path, "rb") as file:
        authority = x509.load_pem_x509_certificate(file.read())
    with open(requests_path, "rb") as requests, open(out_path, "wb") as out:
        for line in itertools.islice(requests, int(count)):
            out.write(issue(key, authority, line).public_bytes(serialization.Encoding.PEM))


main(*sys.argv[1:])
