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

/* A digest of length octets by libcrypto's own functions: 1, or 0 where it offers it through its providers alone. */
#ifndef OPENSSL_NO_DEPRECATED_3_0
#define ADR_DIGEST(name, STATE, DIGEST)                                                                             \
    static inline int name(const void *bytes, size_t length, unsigned char *digest)                                 \
    {                                                                                                               \
        STATE state;                                                                                                \
        return DIGEST##_Init(&state) == 1 && DIGEST##_Update(&state, bytes, length) == 1 &&                         \
               DIGEST##_Final(digest, &state) == 1;                                                                 \
    }
#else
#define ADR_DIGEST(name, STATE, DIGEST)                                                                             \
    static inline int name(const void *bytes, size_t length, unsigned char *digest)                                 \
    {                                                                                                               \
        (void)bytes, (void)length, (void)digest;                                                                    \
        return 0;                                                                                                   \
    }
#endif
ADR_DIGEST(adr_sha1, SHA_CTX, SHA1)
ADR_DIGEST(adr_sha256, SHA256_CTX, SHA256)
ADR_DIGEST(adr_sha384, SHA512_CTX, SHA384)

/* How many bits at the end of a bit string are unused, as its encoding said. */
static inline int adr_unused_bits(const ASN1_BIT_STRING *string)
{
    return string != NULL && string->flags & ASN1_STRING_FLAG_BITS_LEFT ? (int)(string->flags & 0x07) : 0;
}

#endif
