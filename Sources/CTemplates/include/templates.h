/*
 * ASN.1 templates for libcrypto's own encoder and decoder: what a certification request (RFC 2986), a certificate and
 * a certificate revocation list (RFC 5280) and the private key of a curve (RFC 5915) are made of.
 *
 * libcrypto's X509_REQ, X509 and X509_NAME keep the bytes they were read from and give those back, so that comparing
 * "read" with "written again" proves nothing about them. Nothing declared here keeps its input: a value written again
 * is DER, and input that was not DER differs from it.
 */
#ifndef ADR_TEMPLATES_H
#define ADR_TEMPLATES_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/x509.h>

/* Swift sees these as the right kind of pointer whether or not a version of libcrypto hides the structure. */
typedef ASN1_STRING *ADR_STRING_REF;
typedef const ASN1_ITEM *ADR_ITEM_REF;

/* AttributeTypeAndValue */
typedef struct adr_name_attribute_st {
    ASN1_OBJECT *type;
    ASN1_STRING *value;
} ADR_NAME_ATTRIBUTE;

/* SubjectPublicKeyInfo */
typedef struct adr_public_key_st {
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *key;
} ADR_PUBLIC_KEY;

/* ECPrivateKey (RFC 5915): parameters and point may be NULL */
typedef struct adr_ec_private_key_st {
    ASN1_INTEGER *version;
    ASN1_OCTET_STRING *number;
    ASN1_TYPE *parameters;
    ASN1_BIT_STRING *point;
} ADR_EC_PRIVATE_KEY;

/* Attribute: values are ASN1_TYPE */
typedef struct adr_attribute_st {
    ASN1_OBJECT *type;
    OPENSSL_STACK *values;
} ADR_ATTRIBUTE;

/* CertificationRequestInfo: subject is a stack of stacks of ADR_NAME_ATTRIBUTE, attributes of ADR_ATTRIBUTE */
typedef struct adr_request_info_st {
    ASN1_INTEGER *version;
    OPENSSL_STACK *subject;
    ADR_PUBLIC_KEY *key;
    OPENSSL_STACK *attributes;
} ADR_REQUEST_INFO;

/* CertificationRequest */
typedef struct adr_request_st {
    ADR_REQUEST_INFO *info;
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
} ADR_REQUEST;

/* Extension */
typedef struct adr_extension_st {
    ASN1_OBJECT *type;
    ASN1_BOOLEAN critical;
    ASN1_OCTET_STRING *value;
} ADR_EXTENSION;

/* Validity */
typedef struct adr_validity_st {
    ASN1_TIME *notBefore;
    ASN1_TIME *notAfter;
} ADR_VALIDITY;

/* TBSCertificate: version and the unique identifiers may be NULL, extensions is NULL or a stack of ADR_EXTENSION */
typedef struct adr_certificate_info_st {
    ASN1_INTEGER *version;
    ASN1_INTEGER *serialNumber;
    X509_ALGOR *algorithm;
    OPENSSL_STACK *issuer;
    ADR_VALIDITY *validity;
    OPENSSL_STACK *subject;
    ADR_PUBLIC_KEY *key;
    ASN1_BIT_STRING *issuerUniqueID;
    ASN1_BIT_STRING *subjectUniqueID;
    OPENSSL_STACK *extensions;
} ADR_CERTIFICATE_INFO;

/* Certificate */
typedef struct adr_certificate_st {
    ADR_CERTIFICATE_INFO *info;
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
} ADR_CERTIFICATE;

/* TBSCertificate again, for what was made: what consists of many parts is there in DER, to be compared as such */
typedef struct adr_certificate_parts_st {
    ASN1_INTEGER *version;
    ASN1_INTEGER *serialNumber;
    X509_ALGOR *algorithm;
    ASN1_STRING *issuer;
    ADR_VALIDITY *validity;
    ASN1_STRING *subject;
    ASN1_STRING *key;
    ASN1_STRING *extensions;
} ADR_CERTIFICATE_PARTS;

/* Certificate again, for what was made */
typedef struct adr_certificate_in_parts_st {
    ADR_CERTIFICATE_PARTS *info;
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
} ADR_CERTIFICATE_IN_PARTS;

/* One element of revokedCertificates: extensions is NULL or a stack of ADR_EXTENSION */
typedef struct adr_revoked_st {
    ASN1_INTEGER *serialNumber;
    ASN1_TIME *revocationDate;
    OPENSSL_STACK *extensions;
} ADR_REVOKED;

/*
 * TBSCertList: version, nextUpdate and revoked may be NULL, extensions is NULL or a stack of ADR_EXTENSION. revoked, a
 * SEQUENCE OF ADR_REVOKED, stays in its encoding, which is read and written one element at a time: a hundred thousand
 * of them as values take many times the memory, and libcrypto measures all of them again for each level around them.
 */
typedef struct adr_crl_info_st {
    ASN1_INTEGER *version;
    X509_ALGOR *algorithm;
    OPENSSL_STACK *issuer;
    ASN1_TIME *thisUpdate;
    ASN1_TIME *nextUpdate;
    ASN1_STRING *revoked;
    OPENSSL_STACK *extensions;
} ADR_CRL_INFO;

/* CertificateList */
typedef struct adr_crl_st {
    ADR_CRL_INFO *info;
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
} ADR_CRL;

DECLARE_ASN1_ITEM(ADR_NAME_ATTRIBUTE)
DECLARE_ASN1_ITEM(ADR_RDN)
DECLARE_ASN1_ITEM(ADR_NAME)
DECLARE_ASN1_ITEM(ADR_PUBLIC_KEY)
DECLARE_ASN1_ITEM(ADR_EC_PRIVATE_KEY)
DECLARE_ASN1_ITEM(ADR_ATTRIBUTE)
DECLARE_ASN1_ITEM(ADR_REQUEST_INFO)
DECLARE_ASN1_ITEM(ADR_REQUEST)
DECLARE_ASN1_ITEM(ADR_EXTENSION)
DECLARE_ASN1_ITEM(ADR_EXTENSIONS)
DECLARE_ASN1_ITEM(ADR_VALIDITY)
DECLARE_ASN1_ITEM(ADR_CERTIFICATE_INFO)
DECLARE_ASN1_ITEM(ADR_CERTIFICATE)
DECLARE_ASN1_ITEM(ADR_CERTIFICATE_PARTS)
DECLARE_ASN1_ITEM(ADR_CERTIFICATE_IN_PARTS)
DECLARE_ASN1_ITEM(ADR_REVOKED)
DECLARE_ASN1_ITEM(ADR_CRL_INFO)
DECLARE_ASN1_ITEM(ADR_CRL)

#endif
