/*
 * The floor under `adr cert issue --batch`: per request the same two operations of the same libcrypto, verify and sign,
 * each as cheap as libcrypto offers it, then a line appended to a journal, whose flush as many lines share as with adr,
 * and a file for the device, through a temporary one and renamed. Lines and files are as long as adr's.
 *
 * It judges nothing, builds no certificate (what is signed is the request's own bytes), knows no namespace, device or
 * hub, writes no rows and tells nobody: what adr costs above it is what those cost.
 *
 * As in adr, one thread writes and others work; FOLDER "-" leaves the writing out: verify and sign alone.
 *
 * Usage: bulk CA-KEY.pem REQUESTS.jsonl FOLDER JOBS LINE-BYTES FILE-BYTES
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#define PROGRAM "bulk"
#include "program.h"

enum { GROUP = 64, WINDOW = 512, LARGEST = 8192, SIGNATURE = 128, FOLDERS = 4096, POINT = 97 };

struct slot {
    unsigned char signature[SIGNATURE];
    size_t size;
    char name[72];
    int done;
};

static struct slot slots[WINDOW];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER, room = PTHREAD_COND_INITIALIZER;
static long taken, released, contiguous;
static int workers;
static const char *input, *end;
static EVP_PKEY *ca;
static int writing;

/* A public key with a curve and no point yet: each worker puts the points of its requests into one. */
static EVP_PKEY *prepare_key(void)
{
    char group[] = "P-384";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0), OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEY_PARAMETERS, parameters) != 1)
        fail("preparing a key");
    EVP_PKEY_CTX_free(context);
    return key;
}

struct element {
    const unsigned char *start, *content, *next;
};

static struct element element(const unsigned char *at, const unsigned char *limit)
{
    const unsigned char *content = at;
    long length;
    int tag, class;
    if (ASN1_get_object(&content, &length, &tag, &class, limit - at) & 0x81) fail("the request is no DER");
    return (struct element){at, content, content + length};
}

static void verify(EVP_PKEY *key, const unsigned char *der, int length)
{
    const unsigned char *limit = der + length;
    struct element request = element(der, limit), info = element(request.content, limit);
    struct element version = element(info.content, limit), subject = element(version.next, limit);
    struct element public = element(subject.next, limit), algorithm = element(public.content, limit);
    struct element bits = element(algorithm.next, limit);
    struct element signing = element(info.next, limit), signature = element(signing.next, limit);
    if (bits.next - bits.content != POINT + 1 || EVP_PKEY_set1_encoded_public_key(key, bits.content + 1, POINT) != 1)
        fail("setting the point");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key) != 1 ||
        EVP_DigestVerify(
            context, signature.content + 1, (size_t)(signature.next - signature.content - 1), info.start,
            (size_t)(info.next - info.start)) != 1)
        fail("verifying the request");
    EVP_MD_CTX_free(context);
}

static size_t sign(const unsigned char *bytes, int length, unsigned char *signature)
{
    size_t size = SIGNATURE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, ca) != 1 ||
        EVP_DigestSign(context, signature, &size, bytes, (size_t)length) != 1)
        fail("signing");
    EVP_MD_CTX_free(context);
    return size;
}

static const char *member(const char *line, const char *limit, const char *name, size_t *length)
{
    const char *at = memmem(line, (size_t)(limit - line), name, strlen(name));
    if (at == NULL) fail("a member is missing");
    const char *start = memchr(at + strlen(name), '"', (size_t)(limit - at) - strlen(name));
    if (start == NULL) fail("a member is no string");
    *length = (size_t)((const char *)memchr(start + 1, '"', (size_t)(limit - start) - 1) - start - 1);
    return start + 1;
}

static void issue(EVP_PKEY *key, struct slot *slot, const char *line, const char *limit)
{
    unsigned char der[LARGEST];
    size_t length;
    const char *name = member(line, limit, "\"registrationId\":", &length);
    if (length >= sizeof slot->name) fail("a name is too long");
    memcpy(slot->name, name, length);
    slot->name[length] = 0;
    const char *csr = member(line, limit, "\"csr\":", &length);
    if (length > LARGEST) fail("a request is too long");
    int size = EVP_DecodeBlock(der, (const unsigned char *)csr, (int)length);
    for (size_t at = length; size > 0 && csr[at - 1] == '='; at--) size--;
    if (size <= 0) fail("a request is no base64");
    verify(key, der, size);
    slot->size = sign(der, size, slot->signature);
}

static void *work(void *unused)
{
    (void)unused;
    EVP_PKEY *key = prepare_key();
    pthread_mutex_lock(&lock);
    while (1) {
        while (input < end && taken - released >= WINDOW) pthread_cond_wait(&room, &lock);
        if (input >= end) break;
        const char *line = input, *limit = memchr(line, '\n', (size_t)(end - line));
        if (limit == NULL) limit = end;
        input = limit + 1;
        struct slot *slot = &slots[taken++ % WINDOW];
        pthread_mutex_unlock(&lock);
        issue(key, slot, line, limit);
        pthread_mutex_lock(&lock);
        slot->done = 1;
        long before = contiguous;
        while (contiguous < WINDOW && slots[(released + contiguous) % WINDOW].done) contiguous++;
        if (!writing) {
            for (; contiguous > 0; contiguous--) slots[released++ % WINDOW].done = 0;
            pthread_cond_broadcast(&room);
        } else if (before < GROUP && contiguous >= GROUP)
            pthread_cond_signal(&ready);
    }
    workers--;
    pthread_cond_broadcast(&ready);
    pthread_cond_broadcast(&room);
    pthread_mutex_unlock(&lock);
    EVP_PKEY_free(key);
    return NULL;
}

static void write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(file, bytes, length);
        if (count <= 0) fail("writing");
        bytes += count;
        length -= (size_t)count;
    }
}

/* The device's file in its folder, which is one of 4,096 by a digest of its name, as with adr. */
static void replace(int folder, const char *name, const char *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char path[128], temporary[160];
    if (EVP_Digest(name, strlen(name), digest, NULL, EVP_sha256(), NULL) != 1) fail("hashing");
    int bucket = digest[0] << 4 | digest[1] >> 4;
    snprintf(path, sizeof path, "%03x/%s.json", bucket, name);
    snprintf(temporary, sizeof temporary, "%03x/.%s.json.tmp-0123456789abcdef", bucket, name);
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int file = openat(folder, temporary, flags, 0600);
    if (file < 0 && errno == ENOENT) {
        char parent[8];
        snprintf(parent, sizeof parent, "%03x", bucket);
        if (mkdirat(folder, parent, 0700) != 0) fail("making a folder");
        file = openat(folder, temporary, flags, 0600);
    }
    if (file < 0) fail(temporary);
    write_all(file, bytes, length);
    close(file);
    if (renameat(folder, temporary, folder, path) != 0) fail("renaming");
}

static void write_groups(const char *path, size_t line_bytes, size_t file_bytes)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/journal", path);
    int journal = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    snprintf(name, sizeof name, "%s/devices", path);
    if (mkdir(name, 0700) != 0 && errno != EEXIST) fail(name);
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal < 0 || folder < 0) fail(path);
    static struct slot group[WINDOW];
    char *lines = malloc(WINDOW * line_bytes), *document = malloc(file_bytes);
    memset(document, 'd', file_bytes);
    while (1) {
        pthread_mutex_lock(&lock);
        while (contiguous < GROUP && workers > 0) pthread_cond_wait(&ready, &lock);
        long count = contiguous;
        for (long place = 0; place < count; place++) {
            struct slot *slot = &slots[(released + place) % WINDOW];
            group[place] = *slot;
            slot->done = 0;
        }
        released += count;
        contiguous = 0;
        int finished = workers == 0 && released == taken;
        pthread_cond_broadcast(&room);
        pthread_mutex_unlock(&lock);
        memset(lines, 'l', (size_t)count * line_bytes);
        for (long place = 0; place < count; place++) {
            char *line = lines + (size_t)place * line_bytes;
            EVP_EncodeBlock((unsigned char *)line, group[place].signature, (int)group[place].size);
            line[line_bytes - 1] = '\n';
        }
        if (count > 0) {
            write_all(journal, lines, (size_t)count * line_bytes);
            if (fdatasync(journal) != 0) fail("flushing");
        }
        for (long place = 0; place < count; place++) {
            EVP_EncodeBlock((unsigned char *)document, group[place].signature, (int)group[place].size);
            replace(folder, group[place].name, document, file_bytes);
        }
        if (finished) break;
    }
}

int main(int count, char **words)
{
    if (count != 7) fail("usage: bulk CA-KEY.pem REQUESTS.jsonl FOLDER JOBS LINE-BYTES FILE-BYTES");
    ca = load_key(words[1]);
    int file = open(words[2], O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail(words[2]);
    input = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (input == MAP_FAILED) fail("reading the requests");
    end = input + status.st_size;
    writing = strcmp(words[3], "-") != 0;
    int jobs = workers = atoi(words[4]);
    pthread_t threads[256];
    if (jobs < 1 || jobs > 256) fail("1 to 256 jobs");
    for (int job = 0; job < jobs; job++)
        if (pthread_create(&threads[job], NULL, work, NULL) != 0) fail("starting a thread");
    if (writing) write_groups(words[3], (size_t)atol(words[5]), (size_t)atol(words[6]));
    for (int job = 0; job < jobs; job++) pthread_join(threads[job], NULL);
    EVP_PKEY_free(ca);
    return 0;
}
