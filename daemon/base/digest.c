/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>

static EVP_MD *sha256;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

/* Once: else libcrypto looks for it anew at each digest, which takes longer than most of them. */
static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

int digest_bytes(const void *data, size_t len, char ret[static DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    pthread_once(&fetched, fetch);
    if (EVP_Digest(data, len, md, &n, sha256 ? sha256 : EVP_sha256(), NULL) != 1 || n != 32)
        return -ENOMEM;
    for (unsigned int i = 0; i < n; i++) {
        ret[i * 2] = digits[md[i] >> 4];
        ret[i * 2 + 1] = digits[md[i] & 15];
    }
    ret[n * 2] = '\0';
    return 0;
}
