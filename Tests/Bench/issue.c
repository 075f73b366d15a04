/*
 * The floor under `adr cert issue`, as a process of its own over the same libcrypto: load the CA's key, read and verify
 * the request, sign, verify that first signature, append it and flush.
 *
 * It judges nothing, builds no certificate (what is signed is the request's own bytes), knows no namespace, device or
 * hub, and leaves no chain: what adr costs above it is what those cost.
 *
 * Usage: issue CA-KEY.pem REQUEST.der JOURNAL
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define PROGRAM "issue"
#include "program.h"

enum { LARGEST_REQUEST = 8192 };

static int load(const char *path, unsigned char bytes[LARGEST_REQUEST])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(path);
    ssize_t length = read(file, bytes, LARGEST_REQUEST);
    if (length <= 0) fail(path);
    close(file);
    return (int)length;
}

static void verify_request(const unsigned char *der, int length)
{
    const unsigned char *position = der;
    X509_REQ *request = d2i_X509_REQ(NULL, &position, length);
    if (request == NULL || position != der + length) fail("reading the request");
    if (X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) != 1) fail("verifying the request");
    X509_REQ_free(request);
}

static size_t sign(EVP_PKEY *key, const unsigned char *bytes, int length, unsigned char *signature, size_t room)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &room, bytes, (size_t)length) != 1)
        fail("signing");
    EVP_MD_CTX_free(context);
    return room;
}

static void verify(EVP_PKEY *key, const unsigned char *bytes, int length, const unsigned char *signature, size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key) != 1 ||
        EVP_DigestVerify(context, signature, size, bytes, (size_t)length) != 1)
        fail("verifying the signature");
    EVP_MD_CTX_free(context);
}

static void append(const char *path, const unsigned char *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) fail(path);
    if (write(file, bytes, length) != (ssize_t)length) fail("appending");
    if (fdatasync(file) != 0) fail("flushing");
    close(file);
}

int main(int count, char **words)
{
    unsigned char entry[LARGEST_REQUEST + 256];
    if (count != 4) fail("usage: issue CA-KEY.pem REQUEST.der JOURNAL");
    EVP_PKEY *key = load_key(words[1]);
    int length = load(words[2], entry);
    verify_request(entry, length);
    size_t size = sign(key, entry, length, entry + length, sizeof entry - (size_t)length);
    verify(key, entry, length, entry + length, size);
    append(words[3], entry, (size_t)length + size);
    EVP_PKEY_free(key);
    return 0;
}
