/* SPDX-License-Identifier: Apache-2.0 */
#include "list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct list {
    unsigned long n;
    char (*names)[40];
    const char *folder;
};

static uint64_t random_state = 20220901;

static uint64_t random_below(uint64_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (random_state >> 33) % n;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Family name and number, as directories with many people in them do it. */
static void fill_names(struct list *l)
{
    static const char *const families[] = {"garcia", "khan", "mueller", "smith", "tanaka", "silva", "novak", "ivanova"};

    for (unsigned long i = 0; i < l->n; i++)
        snprintf(l->names[i], sizeof(l->names[i]), "%s%07lu", families[i % 8], i);
    qsort(l->names, l->n, sizeof(l->names[0]), compare_names);
}

static void shuffle(struct list *l)
{
    for (unsigned long i = l->n; i > 1; i--) {
        unsigned long j = random_below(i);
        char name[sizeof(l->names[0])];

        memcpy(name, l->names[i - 1], sizeof(name));
        memcpy(l->names[i - 1], l->names[j], sizeof(name));
        memcpy(l->names[j], name, sizeof(name));
    }
}

static FILE *create(const struct list *l, const char *name)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", l->folder, name);
    f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void write_names(FILE *f, const struct list *l)
{
    for (unsigned long i = 0; i < l->n; i++)
        fprintf(f, "%s\"%s\"", i ? "," : "", l->names[i]);
}

static void write_settings(const struct list *l)
{
    FILE *f = create(l, LIST_SETTINGS);

    fputs("version: 1\ndesired: docs\nstate-directory: state\ncredentials: credentials\ntargets:\n"
          "  sps: {type: sps, url: \"https://127.0.0.1:1\", auth: {username: convergate, password: pw}}\n",
          f);
    fclose(f);
}

static void write_appliance(const struct list *l)
{
    FILE *f = create(l, LIST_BODY);

    fputs("{\"meta\":{\"href\":\"/api/configuration/policies/"
          "userlists\"},\"items\":[{\"key\":\"1a2b\",\"meta\":{\"href\":"
          "\"/api/configuration/policies/userlists/"
          "1a2b\"},\"body\":{\"name\":\"everyone\",\"default\":\"exclude\",\"users\":[",
          f);
    write_names(f, l);
    fputs("]}}]}", f);
    fclose(f);
    f = create(l, LIST_STATE);
    fputs("{\"appliances\":{\"sps\":{\"type\":\"sps\",\"options\":{\"embed-bodies\":true},\"state\":{\"admins\":{"
          "\"convergate\":"
          "{\"password\":\"not-a-secret\"}},\"passwords\":[],\"info\":{\"firmware_version\":\"7.0\"},\"policies\":{"
          "\"time_policies\":{},\"trusted_ca_lists\":{},\"user_databases\":{},\"channel_policies\":{},"
          "\"userlists\":{\"1a2b\":{\"name\":\"everyone\",\"default\":\"exclude\",\"users\":[",
          f);
    write_names(f, l);
    fputs("]}}}}}}}", f);
    fclose(f);
}

static void write_document(const struct list *l, bool drifted)
{
    FILE *f = create(l, LIST_DOCUMENT);

    fputs("version: 1\ntargets: [sps]\nsps:\n  userlists:\n    everyone:\n      default: exclude\n      users:\n", f);
    if (drifted)
        fputs("      - a-newcomer\n", f);
    for (unsigned long i = 0; i < l->n; i++)
        fprintf(f, "      - %s\n", l->names[i]);
    fclose(f);
}

int list_make(unsigned long n, const char *order, const char *folder)
{
    struct list l = {.n = n, .names = malloc(n * sizeof(*l.names)), .folder = folder};
    char docs[4096];

    snprintf(docs, sizeof(docs), "%s/docs", folder);
    if (!l.names || (mkdir(folder, 0700) < 0 && access(folder, F_OK) < 0) ||
        (mkdir(docs, 0700) < 0 && access(docs, F_OK) < 0))
        return 1;
    fill_names(&l);
    if (strcmp(order, "shuffled") == 0)
        shuffle(&l);
    write_settings(&l);
    write_appliance(&l);
    if (strcmp(order, "shuffled") == 0)
        shuffle(&l);
    write_document(&l, strcmp(order, "drifted") == 0);
    free(l.names);
    return 0;
}
