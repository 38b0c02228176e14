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
extern const struct command ics_named_users_list_command, ics_named_users_remove_command;
extern const struct command ics_licenses_show_command, ics_licenses_pull_command;
extern const struct command ics_cluster_status_command, ics_cluster_create_command, ics_cluster_join_command;
extern const struct command ics_cluster_add_command, ics_cluster_remove_command, ics_cluster_failover_command;
extern const struct command ics_csr_create_command, ics_csr_upload_command;
extern const struct command ics_backup_command, ics_restore_command;

/* Sends one write; what is not accepted is told. RET is the answer, all zero where none came. */
int ics_send(struct session *s, const char *method, const char *path, const struct value *body, struct answer *ret,
             enum outcome *ret_outcome) _must_check_;
/* The same for any exchange. */
int ics_exchange(struct session *s, const struct session_request *e, struct answer *ret,
                 enum outcome *ret_outcome) _must_check_;
/* A write that cannot be read back: errors in its answer refuse it, whatever the status; its words are remarked. */
int ics_send_blindly(struct command_run *c, const struct session_request *e, enum outcome *ret) _must_check_;
/* `verify` of such a one. */
int ics_verify_blindly(struct command_run *c) _must_check_;
/* Tells that a step was accepted and yet not done; WORDS of the appliance, or NULL. Returns 0. */
int ics_tell_failed(struct command_run *c, const struct step *s, const char *words);
/* A member's text, "" where it has none. */
const char *ics_text(const struct value *map, const char *member);
/* A count that may travel as a number or as a text. */
bool ics_take_count(const struct value *v, int64_t *ret);

/* Guide: "Getting System Information": the whole answer, which holds a map `system-information`. */
int ics_read_system(struct session *s, struct value *ret) _must_check_;

/*
 * Guide: "Get APIs to Delete Named Users". All users of the appliance, or of CLIENT where it is a license server, as a
 * list of maps with a text `User`; those of a license server have a member `list` beside the appliance's own. SERVER
 * says, where it is not NULL, that the answer was a license server's two lists.
 */
int ics_named_users_read(struct session *s, const char *client, struct value *ret, bool *ret_server) _must_check_;
/* True where one of the records is of that very user. */
bool ics_named_users_hold(const struct value *all, const char *user);
/* Guide: "PUT APIs to Delete single/ Multiple User". */
int ics_named_users_end(struct session *s, const char *client, const char *const *users, size_t n, bool end_sessions,
                        enum outcome *ret) _must_check_;
/* Guide: "Querying Set of Leased Licenses": the map leased-license-counts. -ENOENT where it is no license server. */
int ics_licenses_read(struct session *s, struct value *ret) _must_check_;
/* `licenses` of struct provider. */
int ics_licenses_count(struct session *s, struct value *ret) _must_check_;

/*
 * Guide: "Getting Cluster Status". The answer, with a text `name` and a list `members` of maps that have a text `name`
 * each; -ENOENT where the appliance is in no cluster.
 */
int ics_cluster_read(struct session *s, struct value *ret) _must_check_;
/* A member by name; NULL for none. */
const struct value *ics_cluster_member(const struct value *cluster, const char *name);

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
/* True where one of them is of that very user. */
bool ics_sessions_hold_user(const struct value *all, const char *user);
/* True for a session of the account and the realm that Convergate itself logs in with. */
bool ics_session_is_own(const struct session *s, const struct value *record);
/* The beginning of a session's id, in the arena; NULL when memory is out. `sessions list` alone shows all of it. */
const char *ics_session_shown(struct session *s, const char *id);
/* Guide: "Deleting a Particular Active Session". One that is not there any more counts as accepted. */
int ics_session_end(struct session *s, const char *id, enum outcome *ret) _must_check_;
