/* SPDX-License-Identifier: Apache-2.0 */

/* Emulates the appliances that Convergate manages, on loopback, for its tests. See README.md. */

#include "control.h"
#include "json.h"
#include "server.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct arguments {
    const char *state, *folder;
    bool die_with_parent;
};

static _Noreturn void usage(int status) {
    fputs("Usage: convergate-emulator --state FILE --dir DIR [--die-with-parent]\n",
          status ? stderr : stdout);
    exit(status);
}

static struct arguments parse_arguments(int argc, char **argv) {
    static const struct option options[] = {
        {"state", required_argument, NULL, 's'},
        {"dir", required_argument, NULL, 'd'},
        {"die-with-parent", no_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct arguments arguments = {0};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0)
        switch (c) {
        case 's':
            arguments.state = optarg;
            break;
        case 'd':
            arguments.folder = optarg;
            break;
        case 'p':
            arguments.die_with_parent = true;
            break;
        case 'h':
            usage(0);
        default:
            usage(64);
        }
    if (!arguments.state || !arguments.folder || optind < argc)
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

static void wait_for_end(const sigset_t *signals) {
    int number;

    puts("ready");
    fflush(stdout);
    sigwait(signals, &number);
}

int main(int argc, char **argv) {
    pid_t parent = getppid();
    struct arguments arguments = parse_arguments(argc, argv);
    struct fleet fleet;
    struct tls tls;
    sigset_t signals;

    if (arguments.die_with_parent)
        die_with_parent(parent);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL); /* every thread inherits this */

    mkdir(arguments.folder, 0755);
    fleet_load(&fleet, arguments.state);
    tls_make(&tls);
    server_start(&fleet, &tls);
    control_start(&fleet, arguments.folder);
    write_files(&arguments, &fleet, &tls);
    wait_for_end(&signals);

    control_stop();
    server_stop(&fleet);
    fleet_done(&fleet);
    tls_done(&tls);
    return EXIT_SUCCESS;
}
