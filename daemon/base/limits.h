/* SPDX-License-Identifier: Apache-2.0 */
/* Every ceiling of Convergate in one place: no input may grow past what stands here. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LIMIT_FILE_BYTES ((size_t)64 << 20)    /* one settings file or desired document */
#define LIMIT_NODES ((size_t)4 * 1000 * 1000)  /* values in one document or one reply */
#define LIMIT_DEPTH 32                         /* nesting of either */
#define LIMIT_FILES ((size_t)100 * 1000)       /* desired documents of one tree */
#define LIMIT_FOLDERS ((size_t)100 * 1000)     /* of one tree, each counted once for each way that leads to it */
#define LIMIT_PATH_DEPTH 16                    /* folders below the desired directory */
#define LIMIT_FAULTS 50                        /* faults reported of one configuration */
#define LIMIT_BODY_BYTES ((size_t)64 << 20)    /* one reply of an appliance */
#define LIMIT_BACKUP_BYTES ((uint64_t)1 << 30) /* a binary configuration, which is streamed to disk */
#define LIMIT_HEADER_BYTES ((size_t)1024)      /* one header value that we keep */
#define LIMIT_CREDENTIAL_BYTES ((size_t)1 << 20)
#define LIMIT_CERTIFICATE_BYTES ((size_t)256 << 10)
#define LIMIT_STATE_BYTES ((size_t)256 << 20)  /* one file of the state directory, or a saved plan */
#define LIMIT_SENTENCE_BYTES ((size_t)4096)    /* one diagnostic */
#define LIMIT_EXCERPT_BYTES ((size_t)500)      /* what is quoted of an appliance's words */
#define LIMIT_NAME_BYTES ((size_t)1024)        /* the name of an object */
#define LIMIT_SESSIONS ((size_t)250 * 1000)    /* logged in at one appliance */
#define LIMIT_HOLD_BYTES ((size_t)64 << 10)    /* one hold */
#define LIMIT_ZONE_BYTES ((size_t)256 << 10)   /* one time zone of the tz database */
#define LIMIT_WINDOWS 1000                     /* maintenance windows of the settings */
#define LIMIT_ACCEPTED 10000                   /* accepted differences of the settings */
#define LIMIT_REQUEST_BYTES ((size_t)64 << 10) /* the body of one request to the daemon */
#define FIGHT_SEC 3600 /* so many heals of an object within this time are a fight: see LEDGER_HEALS */
#define LIMIT_TARGETS ((size_t)100 * 1000)
#define LIMIT_CONCURRENCY 4096
#define LIMIT_REMARKS 25  /* notes on what the documents of one target give */
#define LIMIT_RECORDS 200 /* run records kept of one target */
#define LIMIT_RECORD_DAYS 90
#define LIMIT_FIGURES 10000                  /* features and clients of one license server, in metrics */
#define LIMIT_BACKUPS 1000                   /* of one target, made before it was written to */
#define LIMIT_MARKDOWN_BYTES ((size_t)65535) /* what code forges accept in one comment */
#define LIMIT_OUTPUT_BYTES ((size_t)1 << 30)
/* Pairs of a condition and a role in the role-mapping rules of one realm. */
#define LIMIT_RULE_PAIRS ((size_t)1000 * 1000)
