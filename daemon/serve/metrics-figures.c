/* SPDX-License-Identifier: Apache-2.0 */
/* What appliances say of their load and their licences: when it is read, and how it is written. */
#include <inttypes.h>
#include <string.h>

#include "base/time-util.h"
#include "serve/metrics.h"

/* Where no guard and no metric wants it more often. */
enum { PAUSE_SEC = 3600 };

static bool is_due(uint64_t read_usec, uint64_t now)
{
    return read_usec == 0 || now - read_usec >= PAUSE_SEC * USEC_PER_SEC;
}

unsigned metrics_wanted_figures(const struct settings *s, const struct entry *e, uint64_t now)
{
    bool guarded = s->guards.health && s->guards.health->count > 0;

    return (guarded || is_due(e->health_read_usec, now) ? FIGURES_HEALTH : 0u) |
           (is_due(e->licenses_read_usec, now) ? FIGURES_LICENSES : 0u);
}

static void take(struct figure_list *l, struct figure_list *fresh)
{
    figure_list_done(l);
    *l = *fresh;
    *fresh = (struct figure_list){0};
}

/* What was asked for and not told is not known any more; so is everything of a target that cannot be reached. */
void metrics_take_figures(struct entry *e, struct worker *w)
{
    uint64_t now = now_usec();
    bool reached = w->run.opened;

    if ((w->figures_wanted & FIGURES_HEALTH) || w->figures.health.known || !reached) {
        take(&e->figures.health, &w->figures.health);
        e->health_read_usec = reached ? now : 0;
    }
    if ((w->figures_wanted & FIGURES_LICENSES) || !reached) {
        take(&e->figures.licenses, &w->figures.licenses);
        e->licenses_read_usec = reached ? now : 0;
    }
}

/* "cpu-utilization" is of the resource "cpu". */
static void write_utilization(const struct entry *e, const struct figure *f, struct buf *out)
{
    static const char suffix[] = "-utilization";
    size_t n = strlen(f->name), cut = sizeof(suffix) - 1;

    if (n > cut && strcmp(f->name + n - cut, suffix) == 0)
        n -= cut;
    buf_addf(out, "convergate_appliance_utilization_ratio{target=\"%s\",resource=\"%.*s\"} %" PRId64 ".%02" PRId64 "\n",
             e->name, (int)n, f->name, f->n / 100, f->n % 100);
}

static void write_license(const char *name, const struct entry *e, const struct figure *f, struct buf *out)
{
    buf_addf(out, "%s{target=\"%s\",feature=\"", name, e->name);
    metrics_write_label(f->name, out);
    if (f->client) {
        buf_add_str(out, "\",client=\"");
        metrics_write_label(f->client, out);
    }
    buf_addf(out, "\"} %" PRId64 "\n", f->n);
}

/* Those of clients, or those of features as a whole. */
static void write_licenses(const struct daemon *d, const char *name, const char *help, bool of_clients, struct buf *out)
{
    metrics_begin_family(name, "gauge", help, out);
    for (const struct entry *e = d->entries; e; e = e->next)
        for (size_t i = 0; i < e->figures.licenses.n; i++)
            if ((e->figures.licenses.items[i].client != NULL) == of_clients)
                write_license(name, e, &e->figures.licenses.items[i], out);
}

void metrics_write_figures(const struct daemon *d, struct buf *out)
{
    metrics_begin_family("convergate_appliance_utilization_ratio", "gauge",
                         "How loaded the appliance said that it is when it was last asked.", out);
    for (const struct entry *e = d->entries; e; e = e->next)
        for (size_t i = 0; i < e->figures.health.n; i++)
            write_utilization(e, &e->figures.health.items[i], out);
    write_licenses(d, "convergate_license_leases",
                   "Licences of a feature that a client has leased of a license server.", true, out);
    write_licenses(d, "convergate_license_feature_licenses",
                   "Licences of a feature that a license server counts in all.", false, out);
}
