/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One long list of users, from files to differences.
 *
 *   bench-list make N ORDER FOLDER    writes settings, document and answer
 *   bench-list whole FOLDER           loads settings and document, reads the answer, compares, as a run does it
 *   bench-list floor FOLDER           one cJSON_Parse() of the answer and one pass of libyaml over the document
 *
 * The last two print `WALL CPU` in microseconds; the answer is in memory before the clock starts.
 */
#include "list.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <yaml.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "provider/provider.h"
#include "provider/sps/sps.h"
#include "reconcile/plan.h"
#include "value/json.h"

static char *body;
static size_t body_len;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench-list: %s\n", what);
    exit(1);
}

static uint64_t cpu_usec(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * USEC_PER_SEC +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static const char *in_folder(const char *folder, const char *name)
{
    const char *path = path_join(folder, name);

    if (!path)
        fail("out of memory");
    return path;
}

/* The order of provider/sps: flatten, take the name out, adopt. */
static void adopt(const struct kind *k, struct arena *a, struct value *answer, struct value *ret)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    struct value *items = value_get(answer, "items"), *o = items ? value_get(&items->items[0], "body") : NULL;
    uint32_t n = 0;

    if (!o)
        fail("the answer holds no body");
    sps_flatten_references(o);
    for (uint32_t i = 0; i < o->count; i++)
        if (strcmp(o->pairs[i].key.text, "name") != 0)
            o->pairs[n++] = o->pairs[i];
    o->count = n;
    if (field_adopt(k->body, o, a, &why) < 0)
        fail(buf_text(&why));
    *ret = *o;
}

static size_t compare(const struct declared *d, struct arena *a)
{
    struct merge m = {.arena = a};
    struct json_fault fault;
    struct value answer, live, after;
    bool differs;

    if (json_read(a, body, body_len, &answer, &fault) < 0)
        fail("the answer cannot be read");
    adopt(d->kind, a, &answer, &live);
    if (field_merge(&m, d->kind->body, &live, d->body, &after, &differs) < 0 || differs != (m.n_items > 0))
        fail("the lists cannot be compared");
    return m.n_items;
}

static void run_whole(const char *folder)
{
    struct diag_list diags = {0};
    struct arena arena = {0};
    struct settings *s;
    struct desired *d;

    json_init();
    if (settings_load(in_folder(folder, LIST_SETTINGS), systems, n_systems, &diags, &s) < 0 ||
        desired_load(s, &diags, &d) < 0)
        fail("the settings or the document cannot be loaded");
    if (compare(d->targets[0].objects[0], &arena) > 1)
        fail("the lists differ by more than one name");
}

static void run_floor(const char *folder)
{
    yaml_parser_t parser;
    yaml_event_t event;
    FILE *f = fopen(in_folder(folder, LIST_DOCUMENT), "r");
    bool end = false;

    if (!f || !cJSON_Parse(body))
        fail("the answer cannot be parsed");
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_file(&parser, f);
    while (!end) {
        if (!yaml_parser_parse(&parser, &event))
            fail("the document cannot be parsed");
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(f);
}

int main(int argc, char **argv)
{
    uint64_t wall, cpu;

    if (argc == 5 && strcmp(argv[1], "make") == 0)
        return list_make(strtoul(argv[2], NULL, 10), argv[3], argv[4]);
    if (argc != 3 || file_read(in_folder(argv[2], LIST_BODY), LIMIT_BODY_BYTES, &body, &body_len) < 0)
        return 64;
    wall = now_usec();
    cpu = cpu_usec();
    if (strcmp(argv[1], "whole") == 0)
        run_whole(argv[2]);
    else
        run_floor(argv[2]);
    printf("%llu %llu\n", (unsigned long long)(now_usec() - wall), (unsigned long long)(cpu_usec() - cpu));
    return 0;
}
