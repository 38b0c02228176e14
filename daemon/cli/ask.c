/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/signals.h"
#include "cli/cli.h"

bool can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* False when the terminal ends or Ctrl-C comes: signals are taken by a thread, so reading must not wait for ever. */
static bool wait_for_line(void)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    int r;

    do
        r = poll(&p, 1, 100);
    while ((r == 0 || (r < 0 && errno == EINTR)) && !atomic_load(&signals.stop));
    return r > 0 && !atomic_load(&signals.stop);
}

bool ask_for_word(const char *question, const char *word)
{
    char answer[128];

    fputs(question, stderr);
    fflush(stderr);
    if (!wait_for_line() || !fgets(answer, sizeof(answer), stdin)) {
        fputc('\n', stderr);
        return false;
    }
    answer[strcspn(answer, "\n")] = '\0';
    return strcmp(answer, word) == 0;
}
