/* SPDX-License-Identifier: Apache-2.0 */

/* Emulates the appliances that Convergate manages, on loopback, for its tests. See README.md. */

#include "control.h"
#include "copy.h"
#include "json.h"
#include "server.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct arguments {
    const char *state, *folder;
    struct copy_order copies;
    char **command; /* NULL-terminated; empty: none */
    bool die_with_parent;
};

static _Noreturn void usage(int status) {
    fputs("Usage: convergate-emulator --dir DIR [--state FILE] [--settings FILE --export FILE... [--facts "
          "FILE...]\n"
          "                           [--desired PATH] [--source-address ADDRESS]] [--die-with-parent] "
          "[COMMAND...]\n",
          status ? stderr : stdout);
    exit(status);
}

static void add_file(const char **list, size_t *n) {
    if (*n == COPY_FILES_MAX)
        util_die("there are more than %d files", COPY_FILES_MAX);
    list[(*n)++] = optarg;
}

static void take_option(struct arguments *a, int option) {
    switch (option) {
    case 's':
        a->state = optarg;
        break;
    case 'd':
        a->folder = optarg;
        break;
    case 'S':
        a->copies.settings = optarg;
        break;
    case 'D':
        a->copies.desired = optarg;
        break;
    case 'A':
        a->copies.source_address = optarg;
        break;
    case 'e':
        add_file(a->copies.exports, &a->copies.n_exports);
        break;
    case 'f':
        add_file(a->copies.facts, &a->copies.n_facts);
        break;
    case 'p':
        a->die_with_parent = true;
        break;
    case 'h':
        usage(0);
    default:
        usage(64);
    }
}

static struct arguments parse_arguments(int argc, char **argv) {
    static const struct option options[] = {
        {"state", required_argument, NULL, 's'},
        {"dir", required_argument, NULL, 'd'},
        {"settings", required_argument, NULL, 'S'},
        {"desired", required_argument, NULL, 'D'},
        {"source-address", required_argument, NULL, 'A'},
        {"export", required_argument, NULL, 'e'},
        {"facts", required_argument, NULL, 'f'},
        {"die-with-parent", no_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct arguments arguments = {0};
    int c;

    while ((c = getopt_long(argc, argv, "+", options, NULL)) >= 0)
        take_option(&arguments, c);
    arguments.command = argv + optind;
    if (!arguments.folder || (!arguments.state && !arguments.copies.settings) ||
        !arguments.copies.settings != !arguments.copies.n_exports)
        usage(64);
    return arguments;
}

static void die_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        exit(EXIT_FAILURE);
}

static void write_files(const struct arguments *arguments, const struct fleet *fleet, const struct tls *tls) {
    _cleanup_json_ cJSON *endpoints = fleet_to_json(fleet);
    _cleanup_free_ char *text = cJSON_Print(endpoints), *pin = util_format_text("%s\n", tls->pin);

    util_write_file(arguments->folder, "ca.pem", tls->ca);
    util_write_file(arguments->folder, "pin.txt", pin);
    util_write_file(arguments->folder, "endpoints.json", text);
}

/* The appliances of the state file, and the copies. */
static void load(const struct arguments *arguments, struct copy *copy, struct fleet *fleet) {
    _cleanup_free_ char *text = arguments->state ? util_read_file(arguments->state) : NULL;
    _cleanup_json_ cJSON *json = text ? json_parse(text, strlen(text)) : cJSON_CreateObject();

    if (!text)
        cJSON_AddObjectToObject(json, "appliances");
    if (!cJSON_IsObject(json_get(json, "appliances")))
        util_die("%s: not JSON with an object \"appliances\"", arguments->state);
    if (json_has_duplicates(json))
        util_die("%s: a key is there twice", arguments->state);
    if (arguments->copies.settings) {
        copy_refuse_old(arguments->folder);
        copy_make(&arguments->copies, copy, json_get(json, "appliances"));
    }
    fleet_load(fleet, json_get(json, "appliances"));
}

static int wait_for_end(const sigset_t *signals) {
    int number;

    puts("ready");
    fflush(stdout);
    do
        sigwait(signals, &number);
    while (number == SIGCHLD);
    return EXIT_SUCCESS;
}

/* With the copies' settings in place of all others, so that it cannot reach the appliances by mistake. */
static _Noreturn void become(char **command, const char *config) {
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (config) {
        setenv("CONVERGATE_CONFIG", config, 1);
        unsetenv("CREDENTIALS_DIRECTORY");
    }
    execvp(command[0], command);
    fprintf(stderr, "convergate-emulator: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

/* Ends as the command does; signals are passed on to it. */
static int run_command(char **command, const char *config, const sigset_t *signals) {
    pid_t child = fork();
    int number, status = 0;

    if (child < 0)
        util_die("no process can be started");
    if (child == 0)
        become(command, config);
    for (;;) {
        sigwait(signals, &number);
        if (number != SIGCHLD)
            kill(child, number);
        else if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

static void block_signals(sigset_t *ret) {
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    sigaddset(ret, SIGCHLD);
    sigprocmask(SIG_BLOCK, ret, NULL); /* every thread inherits this */
}

int main(int argc, char **argv) {
    pid_t parent = getppid();
    struct arguments arguments = parse_arguments(argc, argv);
    _cleanup_free_ char *config = NULL;
    struct copy copy = {.closed = -1};
    struct fleet fleet;
    struct tls tls;
    sigset_t signals;
    int status;

    if (arguments.die_with_parent)
        die_with_parent(parent);
    block_signals(&signals);
    mkdir(arguments.folder, 0755);
    load(&arguments, &copy, &fleet);
    tls_make(&tls);
    server_start(&fleet, &tls);
    control_start(&fleet, arguments.folder);
    write_files(&arguments, &fleet, &tls);
    if (arguments.copies.settings)
        config = copy_write(&copy, &fleet, arguments.folder);
    status = *arguments.command ? run_command(arguments.command, config, &signals) : wait_for_end(&signals);

    control_stop();
    server_stop(&fleet);
    fleet_done(&fleet);
    tls_done(&tls);
    copy_done(&copy);
    return status;
}
