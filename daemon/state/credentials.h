/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials: files that hold just a secret, looked for in the order that the manual gives. */
#pragma once

#include "base/diag.h"
#include "base/secret.h"

/* What a credential's file holds. */
enum credential_form {
    CREDENTIAL_LINE,  /* a text of one line, whose end is dropped */
    CREDENTIAL_BYTES, /* any bytes but none, as they are */
};

/*
 * Finds the credential NAME in OVERRIDE (--credentials, may be NULL), $CREDENTIALS_DIRECTORY and FOLDER. Messages
 * never repeat the name: who confused the two has written the secret there. 0, -EBADMSG or -ENOMEM.
 */
int credential_load(const char *name, const char *override, const char *folder, const char *target,
                    struct diag_list *diags, struct secret *ret) _must_check_;
/* The same for a file of that form. */
int credential_load_as(enum credential_form form, const char *name, const char *override, const char *folder,
                       const char *target, struct diag_list *diags, struct secret *ret) _must_check_;
