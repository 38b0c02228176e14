/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Device certificates: what uploading them and signing requests share. */

#include "ics.h"

#include <openssl/x509.h>

/* ics_interfaces.c */
/* The interfaces that a body names, as a certificate keeps them (to be freed); or NULL, refused with 422. */
cJSON *ics_read_interfaces(const struct request *q, struct reply *a);
/* An interface has one certificate: what `given` has, the others lose. */
void ics_take_interfaces(cJSON *certificates, const cJSON *given);
bool ics_has_interface(const cJSON *certificate);

/* ics_certificates.c */
/* Answers with 405 where the appliance lists no certificates. */
bool ics_certificates_are_listed(const struct request *q, struct reply *a);
/* Stores the certificate with these interfaces (taken); false if it was refused. */
bool ics_store_certificate_take(struct request *q, struct reply *a, X509 *x, cJSON *interfaces);
