/* libcrypto and libssl, as the system has them. Only the target OpenSSL imports this module. */
#ifndef ADR_COPENSSL_SHIM_H
#define ADR_COPENSSL_SHIM_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* SHA-256 of length octets: 1, or 0 where this libcrypto offers it through its providers alone. */
static inline int adr_sha256(const void *bytes, size_t length, unsigned char *digest)
{
#ifndef OPENSSL_NO_DEPRECATED_3_0
    SHA256_CTX state;
    return SHA256_Init(&state) == 1 && SHA256_Update(&state, bytes, length) == 1 && SHA256_Final(digest, &state) == 1;
#else
    (void)bytes, (void)length, (void)digest;
    return 0;
#endif
}

/* How many bits at the end of a bit string are unused, as its encoding said. */
static inline int adr_unused_bits(const ASN1_BIT_STRING *string)
{
    return string != NULL && string->flags & ASN1_STRING_FLAG_BITS_LEFT ? (int)(string->flags & 0x07) : 0;
}

/* All bits of a bit string count, also zeros at its end, which libcrypto would leave out. */
static inline void adr_set_whole_octets(ASN1_BIT_STRING *string)
{
    string->flags = (string->flags & ~0x07) | ASN1_STRING_FLAG_BITS_LEFT;
}

#endif
