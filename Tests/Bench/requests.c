/*
 * Makes requests for the bench, all with one P-384 key: JSON Lines as `adr cert issue --batch` takes them to standard
 * output, and the first of them as PEM files.
 *
 * Usage: requests COUNT PEM-COUNT FOLDER
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static void fail(const char *what)
{
    fprintf(stderr, "requests: %s\n", what);
    exit(1);
}

int main(int count, char **words)
{
    if (count != 4) fail("usage: requests COUNT PEM-COUNT FOLDER");
    EVP_PKEY *key = EVP_EC_gen("P-384");
    if (key == NULL) fail("making a key");
    long wanted = atol(words[1]), files = atol(words[2]);
    for (long number = 0; number < wanted; number++) {
        char name[32], path[4096];
        snprintf(name, sizeof name, "device-%06ld", number);
        X509_REQ *request = X509_REQ_new();
        X509_NAME *subject = X509_NAME_new();
        unsigned char *der = NULL, text[4096];
        if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (unsigned char *)name, -1, -1, 0) != 1 ||
            X509_REQ_set_subject_name(request, subject) != 1 || X509_REQ_set_pubkey(request, key) != 1 ||
            X509_REQ_sign(request, key, EVP_sha384()) <= 0)
            fail("making a request");
        int length = i2d_X509_REQ(request, &der);
        if (length <= 0 || length > 3000) fail("writing a request");
        EVP_EncodeBlock(text, der, length);
        printf("{\"registrationId\": \"%s\", \"csr\": \"%s\"}\n", name, text);
        if (number < files) {
            snprintf(path, sizeof path, "%s/%s.pem", words[3], name);
            FILE *file = fopen(path, "w");
            if (file == NULL || PEM_write_X509_REQ(file, request) != 1 || fclose(file) != 0) fail("writing a file");
        }
        OPENSSL_free(der);
        X509_NAME_free(subject);
        X509_REQ_free(request);
    }
    EVP_PKEY_free(key);
    return 0;
}
