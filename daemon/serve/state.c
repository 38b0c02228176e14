/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/provider.h"
#include "serve/serve.h"
#include "value/json.h"

struct state *state_ref(struct state *s)
{
    atomic_fetch_add(&s->references, 1);
    return s;
}

struct state *state_unref(struct state *s)
{
    if (!s || atomic_fetch_sub(&s->references, 1) > 1)
        return NULL;
    desired_free(s->desired);
    settings_free(s->settings);
    free(s->digests);
    free(s);
    return NULL;
}

static bool is_one_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* What the settings say of all targets, but for when and how many of them run. */
static int digest_common(const struct settings *s, char ret[static DIGEST_SIZE])
{
    static const char *const others[] = {"targets", "interval", "concurrency"};
    const struct value *root = &s->document.root;
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    int r;

    for (uint32_t i = 0; i < root->count; i++) {
        if (is_one_of(others, ARRAY_SIZE(others), root->pairs[i].key.text))
            continue;
        json_write(&root->pairs[i].key, JSON_COMPACT, &text);
        json_write(&root->pairs[i].value, JSON_COMPACT, &text);
    }
    r = text.error ? -ENOMEM : digest_bytes(buf_text(&text), text.len, ret);
    buf_done(&text);
    return r;
}

/* What is said of one target: its settings, and every object that is declared for it. */
static int digest_target(const struct state *s, size_t t, const char *common, char ret[static DIGEST_SIZE])
{
    const struct desired_target *d = &s->desired->targets[t];
    const struct value *all = value_get(&s->settings->document.root, "targets");
    const struct value *own = value_get(all, s->settings->targets[t].name);
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    int r;

    buf_add_str(&text, common);
    json_write(own, JSON_COMPACT, &text);
    for (size_t i = 0; i < s->settings->targets[t].system->n_kinds; i++)
        buf_add_char(&text, d->kinds && d->kinds[i] ? '1' : '0');
    for (size_t i = 0; i < d->n_objects; i++) {
        buf_addf(&text, "\n%s ", d->objects[i]->kind->name);
        json_write_text(d->objects[i]->name, strlen(d->objects[i]->name), &text);
        json_write(d->objects[i]->body, JSON_COMPACT, &text);
    }
    r = text.error ? -ENOMEM : digest_bytes(buf_text(&text), text.len, ret);
    buf_done(&text);
    return r;
}

static int digest_targets(struct state *s)
{
    char common[DIGEST_SIZE];

    if (digest_common(s->settings, common) < 0)
        return -ENOMEM;
    s->digests = calloc(s->settings->n_targets + 1, sizeof(*s->digests));
    if (!s->digests)
        return -ENOMEM;
    for (size_t t = 0; s->desired && t < s->settings->n_targets; t++)
        if (digest_target(s, t, common, s->digests[t]) < 0)
            return -ENOMEM;
    return 0;
}

static int load(struct state *s, struct daemon *d, struct diag_list *diags)
{
    int r;

    watch_settings(d);
    r = settings_load(d->config, systems, n_systems, diags, &s->settings);
    if (r < 0)
        return r;
    watch_all(d, s->settings);
    r = desired_load(s->settings, diags, &s->desired);
    if (r == -ENOMEM || digest_targets(s) < 0)
        return -ENOMEM;
    revision_of(s->settings->desired, s->commit);
    return 0;
}

bool state_is_same(const struct state *a, const struct state *b)
{
    return a->desired && b->desired && strcmp(a->desired->digest, b->desired->digest) == 0 &&
           value_equal(&a->settings->document.root, &b->settings->document.root);
}

int state_load(struct daemon *d, struct diag_list *diags, struct state **ret)
{
    struct state *s = calloc(1, sizeof(*s));
    int r;

    if (!s)
        return diag_oom(diags);
    atomic_store(&s->references, 1);
    r = load(s, d, diags);
    if (r < 0)
        state_unref(s);
    else
        *ret = s;
    return r;
}
