/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs two commands by turns and prints how they compare: bench-pair [OPTION...] COMMAND... -- COMMAND...
 *
 *   -n PAIRS    how many pairs, after one pair to warm up (5)
 *   -s STATUS   what the first command has to exit with (0); the second has to exit with 0
 *   -r          the commands print `WALL CPU` in microseconds themselves; else wait4() tells
 *
 * Prints NAME=VALUE words for a shell: of the ratios first/second the median, least and most, in hundredths; of
 * either command the median of its times in microseconds and the most memory in KiB. Only ratios taken side by side
 * mean anything on a machine that others use too.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PAIRS = 1000 };

struct figures {
    double wall, cpu, memory;
};

struct side {
    char **command;
    int status;
    struct figures runs[MOST_PAIRS];
};

static bool reported;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench-pair: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_usec(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double usec(struct timeval t)
{
    return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

static pid_t start(char **command, int out)
{
    pid_t pid = fork();

    if (pid < 0)
        fail("fork");
    if (pid > 0)
        return pid;
    dup2(out, STDOUT_FILENO);
    execvp(command[0], command);
    _exit(127);
}

static void read_reported(int fd, struct figures *f)
{
    char text[128] = "";
    size_t n = 0;
    ssize_t k;

    while (n + 1 < sizeof(text) && (k = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
        n += (size_t)k;
    if (sscanf(text, "%lf %lf", &f->wall, &f->cpu) != 2) {
        fprintf(stderr, "bench-pair: a command reported no figures\n");
        exit(1);
    }
}

static struct figures run(const struct side *s)
{
    struct figures f = {0};
    struct rusage usage;
    double from = now_usec();
    int pipe_fds[2], status;
    pid_t pid;

    if (pipe(pipe_fds) < 0)
        fail("pipe");
    pid = start(s->command, pipe_fds[1]);
    close(pipe_fds[1]);
    if (reported) {
        read_reported(pipe_fds[0], &f);
    } else {
        char drain[65536];

        while (read(pipe_fds[0], drain, sizeof(drain)) > 0)
            ;
    }
    if (wait4(pid, &status, 0, &usage) < 0)
        fail("wait4");
    close(pipe_fds[0]);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != s->status) {
        fprintf(stderr, "bench-pair: %s ended with status %d, not %d\n", s->command[0],
                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), s->status);
        exit(1);
    }
    f.memory = (double)usage.ru_maxrss;
    if (!reported) {
        f.wall = now_usec() - from;
        f.cpu = usec(usage.ru_utime) + usec(usage.ru_stime);
    }
    return f;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof(*values), compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print_ratio(const char *name, double *ratios, int n)
{
    double middle = median(ratios, n);

    printf("%s=%.0f %s_least=%.0f %s_most=%.0f ", name, middle * 100, name, ratios[0] * 100, name, ratios[n - 1] * 100);
}

static void print_side(char name, const struct side *s, int n)
{
    double wall[MOST_PAIRS], cpu[MOST_PAIRS], memory[MOST_PAIRS];

    for (int i = 0; i < n; i++) {
        wall[i] = s->runs[i].wall;
        cpu[i] = s->runs[i].cpu;
        memory[i] = s->runs[i].memory;
    }
    printf("%c_wall=%.0f %c_cpu=%.0f ", name, median(wall, n), name, median(cpu, n));
    median(memory, n);
    printf("%c_memory=%.0f ", name, memory[n - 1]);
}

static void print_all(const struct side *a, const struct side *b, int n)
{
    double wall[MOST_PAIRS], cpu[MOST_PAIRS];

    for (int i = 0; i < n; i++) {
        wall[i] = a->runs[i].wall / b->runs[i].wall;
        cpu[i] = a->runs[i].cpu / b->runs[i].cpu;
    }
    print_ratio("wall", wall, n);
    print_ratio("cpu", cpu, n);
    print_side('a', a, n);
    print_side('b', b, n);
    printf("\n");
}

int main(int argc, char **argv)
{
    static struct side a, b;
    int n = 5, option;

    while ((option = getopt(argc, argv, "+n:s:r")) != -1) {
        if (option == 'n')
            n = (int)strtol(optarg, NULL, 10);
        else if (option == 's')
            a.status = (int)strtol(optarg, NULL, 10);
        else if (option == 'r')
            reported = true;
        else
            return 64;
    }
    a.command = argv + optind;
    for (b.command = a.command; *b.command && strcmp(*b.command, "--") != 0; b.command++)
        ;
    if (!*b.command || n < 1 || n > MOST_PAIRS)
        return 64;
    *b.command++ = NULL;
    run(&a);
    run(&b);
    for (int i = 0; i < n; i++) {
        a.runs[i] = run(&a);
        b.runs[i] = run(&b);
    }
    print_all(&a, &b, n);
    return 0;
}
