/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds one thread of another process until that process ends, as if the thread hung in the kernel: hang THREAD-ID
 * Prints "held" once the thread stands still. The others go on, and signals still end the process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static int fail(const char *what)
{
    fprintf(stderr, "hang: %s: %s\n", what, strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    pid_t thread = argc == 2 ? (pid_t)atol(argv[1]) : 0;
    int status;

    if (thread <= 0) {
        fprintf(stderr, "usage: hang THREAD-ID\n");
        return 64;
    }
    if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) < 0 || ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) < 0)
        return fail("cannot hold the thread");
    if (waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status))
        return fail("the thread does not stop");
    puts("held");
    fflush(stdout);
    while (waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status))
        ;
    return 0;
}
