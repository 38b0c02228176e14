/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

int digest_bytes(const void *data, size_t len, char ret[static DIGEST_SIZE])
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    if (EVP_Digest(data, len, md, &n, EVP_sha256(), NULL) != 1 || n != 32)
        return -ENOMEM;
    for (unsigned int i = 0; i < n; i++)
        snprintf(ret + (size_t)i * 2, 3, "%02x", md[i]);
    return 0;
}
