/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command on one target, in two halves as a run: first it logs in and reads, so that the report stands or the
 * steps are known; then, after whoever was asked agreed, the steps are sent under the target's lock with every
 * intent on disk first, and what became of each is read back and put on record.
 */
#pragma once

#include "provider/command.h"
#include "reconcile/run.h"

struct act {
    struct run_context context;
    struct run run;
    struct command_run command;
};

/* A command that writes needs a context that may. 0 or -ENOMEM. */
int act_init(struct act *a, const struct run_context *c, const struct target *t, const struct command *command,
             const struct given *given) _must_check_;
void act_done(struct act *a);
/* First half. 0, or a negative errno with the fault told in the run's plan. */
int act_read(struct act *a) _must_check_;
/* Settles the steps that make what the ledger says was made before; under the lock, after the ledger was read. */
int act_recall(struct act *a) _must_check_;
/* Before a step is sent and after its outcome is known: what must be remembered is on disk when they return. */
int act_remember_sending(struct act *a, const struct step *s) _must_check_;
int act_remember_sent(struct act *a, const struct step *s) _must_check_;

/* Steps that would be sent. */
size_t act_count_open(const struct act *a);
/* Members of a JSON object, without its braces: target, type, what was read or the steps with their results. */
void act_write_json(const struct act *a, struct buf *out);
/* Puts on disk what a command that wrote did. 0, or -EBADMSG with the fault told. */
int act_record(const struct act *a) _must_check_;
/* Second half: each step has its result afterwards; what went wrong is told in the run's plan. */
void act_perform(struct act *a);
