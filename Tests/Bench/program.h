/* What the programs of the bench have in common; each defines PROGRAM, its name, before. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s", PROGRAM, what);
    if (errno != 0) fprintf(stderr, ": %s", strerror(errno));
    fputc('\n', stderr);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static EVP_PKEY *load_key(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) fail(path);
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    if (key == NULL) fail("reading the key");
    fclose(file);
    return key;
}
