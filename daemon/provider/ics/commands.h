/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Connect Secure can be asked besides its configuration. The functions that read are shared with kinds; what
 * they return lives in the session's arena. All return 0, -EBADMSG with the fault told, or -ENOMEM.
 */
#pragma once

#include "provider/command.h"
#include "provider/ics/ics.h"

extern const struct command *const ics_commands[]; /* ended by NULL */
extern const struct command ics_sessions_list_command, ics_sessions_end_command;
extern const struct command ics_backup_command, ics_restore_command;

/* Sends one write; what is not accepted is told. RET is the answer, all zero where none came. */
int ics_send(struct session *s, const char *method, const char *path, const struct value *body, struct answer *ret,
             enum outcome *ret_outcome) _must_check_;
/* The same for any exchange. */
int ics_exchange(struct session *s, const struct session_request *e, struct answer *ret,
                 enum outcome *ret_outcome) _must_check_;
/* A count that may travel as a number or as a text. */
bool ics_take_count(const struct value *v, int64_t *ret);
/* Adds a member to the report's JSON. */
int ics_put_member(struct command_run *c, const char *name, struct value v) _must_check_;

/* Guide: "Getting System Information": the whole answer, which holds a map `system-information`. */
int ics_read_system(struct session *s, struct value *ret) _must_check_;

/*
 * Guide: "Backing Up Binary Configuration". Whether SIZE bytes of a file are base64 of a ZIP that has its end: 0,
 * -EBADMSG with what is wrong, or another negative errno.
 */
int ics_check_binary(int fd, uint64_t size, const char **ret_why) _must_check_;

/*
 * Guide: "Getting Active Sessions". All of them as a list of maps, each with texts `session-id` and
 * `active-user-name`, each session once, in the order of users. An answer that may not be whole is a fault.
 */
int ics_sessions_read(struct session *s, struct value *ret) _must_check_;
/* True where the session of a RECORD is among those that were read. */
bool ics_sessions_hold(const struct value *all, const struct value *record);
/* True for a session of the account and the realm that Convergate itself logs in with. */
bool ics_session_is_own(const struct session *s, const struct value *record);
/* Guide: "Deleting a Particular Active Session". One that is not there any more counts as accepted. */
int ics_session_end(struct session *s, const char *id, enum outcome *ret) _must_check_;
