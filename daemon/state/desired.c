/* SPDX-License-Identifier: Apache-2.0 */
#include "state/desired.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "state/desired-document.h"
#include "state/files.h"

static struct desired_document *desired_document_free(struct desired_document *d)
{
    if (!d)
        return NULL;
    for (size_t i = 0; i < d->n_sections; i++) {
        free(d->sections[i].objects);
        free(d->sections[i].kinds);
    }
    free(d->sections);
    document_done(&d->document);
    free(d);
    return NULL;
}

struct desired *desired_free(struct desired *d)
{
    if (!d)
        return NULL;
    for (size_t i = 0; i < d->n_documents; i++)
        desired_document_free(d->documents[i]);
    for (size_t i = 0; i < d->n_targets; i++) {
        free(d->targets[i].objects);
        free(d->targets[i].kinds);
    }
    free(d->documents);
    free(d->targets);
    free(d);
    return NULL;
}

static bool has_labels(const struct target *t, const struct value *labels)
{
    for (uint32_t i = 0; labels && i < labels->count; i++) {
        const char *value = value_get_text(t->labels, labels->pairs[i].key.text);

        if (!value || strcmp(value, labels->pairs[i].value.text) != 0)
            return false;
    }
    return true;
}

static int add_section(struct desired_target *to, const struct target *t, struct section *from)
{
    if (!to->kinds) {
        to->kinds = calloc(t->system->n_kinds + 1, sizeof(*to->kinds));
        if (!to->kinds)
            return -ENOMEM;
    }
    for (size_t i = 0; i < t->system->n_kinds; i++)
        to->kinds[i] = to->kinds[i] || from->kinds[i];
    for (size_t i = 0; i < from->n_objects; i++) {
        if (array_grow(&to->objects, &to->allocated, to->n_objects, sizeof(*to->objects)) < 0)
            return -ENOMEM;
        to->objects[to->n_objects++] = &from->objects[i];
    }
    return 0;
}

/* Marks the targets that a name or pattern of the document means. */
static void choose_by_name(const struct settings *s, const struct desired_document *d, const struct value *name,
                           bool *chosen, struct diag_list *diags)
{
    const struct target *plain = has_pattern(name->text) ? NULL : settings_find_target(s, name->text);
    bool any = plain != NULL;

    if (plain)
        chosen[plain - s->targets] = true;
    for (size_t t = 0; t < s->n_targets && !plain && has_pattern(name->text); t++) {
        bool match = pattern_match(name->text, s->targets[t].name);

        chosen[t] = chosen[t] || match;
        any = any || match;
    }
    /* A pattern may wait for targets to come; a name is meant. */
    if (!any && !has_pattern(name->text))
        diag_add_place(diags, DIAG_NO_TARGET, value_place(&d->document, name), "'%s' matches no target of the settings",
                       name->text);
}

/* Names and labels must both hold where both are given. */
static size_t choose(const struct settings *s, const struct desired_document *d, bool *chosen, struct diag_list *diags)
{
    size_t n = 0;

    memset(chosen, d->targets ? 0 : 1, s->n_targets);
    for (uint32_t i = 0; d->targets && i < d->targets->count; i++)
        choose_by_name(s, d, &d->targets->items[i], chosen, diags);
    for (size_t t = 0; t < s->n_targets; t++) {
        chosen[t] = chosen[t] && has_labels(&s->targets[t], d->labels);
        n += chosen[t];
    }
    return n;
}

static int assign_sections(const struct settings *s, struct desired *all, struct desired_document *d,
                           const bool *chosen)
{
    for (size_t t = 0; t < s->n_targets; t++) {
        if (!chosen[t])
            continue;
        for (size_t i = 0; i < d->n_sections; i++) {
            if (d->sections[i].system != s->targets[t].system)
                continue;
            d->sections[i].used = true;
            if (add_section(&all->targets[t], &s->targets[t], &d->sections[i]) < 0)
                return -ENOMEM;
        }
    }
    return 0;
}

static int assign_document(const struct settings *s, struct desired *all, struct desired_document *d,
                           struct diag_list *diags)
{
    _cleanup_free_ bool *chosen = malloc(s->n_targets + 1);
    size_t n, told = diags->n + diags->more;

    if (!chosen)
        return diag_oom(diags);
    n = choose(s, d, chosen, diags);
    if (assign_sections(s, all, d, chosen) < 0)
        return diag_oom(diags);
    if (n == 0 && diags->n + diags->more == told)
        diag_add_place(diags, DIAG_NO_TARGET, value_place(&d->document, d->targets ? d->targets : d->labels),
                       "the document matches no target of the settings");
    for (size_t i = 0; i < d->n_sections && n > 0; i++)
        if (!d->sections[i].used)
            diag_add_place(diags, DIAG_WRONG_SECTION, d->sections[i].place,
                           "section '%s', but none of the document's targets is of type %s",
                           d->sections[i].system->name, d->sections[i].system->name);
    return 0;
}

/* A credential is named, never given, and none that opens a target is named for another use. */
static void check_credential(const struct settings *s, const struct desired_document *d, const struct field *row,
                             const struct value *name, struct diag_list *diags)
{
    const struct place at = value_place(&d->document, name);

    if (!is_plain_name(name->text))
        diag_add_place(diags, DIAG_SECRET_IN_FILE, at,
                       "%s must be the NAME of a credential (letters, digits, '_', '.', '-'), never the secret itself; "
                       "put the secret into a file of that name in the credentials directory",
                       row->name);
    else if (settings_is_of_a_login(s, name->text))
        diag_add_place(diags, DIAG_CREDENTIAL_BAD, at,
                       "%s names a credential that a target's login uses; a document cannot send that anywhere",
                       row->name);
}

static void check_credentials(const struct settings *s, const struct desired_document *d, struct diag_list *diags)
{
    for (size_t i = 0; i < d->n_sections; i++)
        for (size_t k = 0; k < d->sections[i].n_objects; k++) {
            const struct declared *o = &d->sections[i].objects[k];

            if (o->kind->body->type != FIELD_RECORD)
                continue;
            for (const struct field *row = o->kind->body->members; row->name; row++)
                if ((row->flags & FIELD_CREDENTIAL) && value_is(value_get(o->body, row->name), VALUE_TEXT))
                    check_credential(s, d, row, value_get(o->body, row->name), diags);
        }
}

static int compare_declared(const void *a, const void *b)
{
    const struct declared *x = *(struct declared *const *)a, *y = *(struct declared *const *)b;

    if (x->kind != y->kind) {
        int r = (x->kind->rank > y->kind->rank) - (x->kind->rank < y->kind->rank);

        return r != 0 ? r : strcmp(x->kind->name, y->kind->name);
    }
    return strcmp(x->name, y->name);
}

static void check_twice(const struct target *t, struct desired_target *d, struct diag_list *diags)
{
    if (d->n_objects > 1)
        qsort(d->objects, d->n_objects, sizeof(*d->objects), compare_declared);
    for (size_t i = 1; i < d->n_objects; i++) {
        const struct declared *first = d->objects[i - 1];
        struct declared *second = d->objects[i];

        if (compare_declared(&d->objects[i - 1], &d->objects[i]) != 0 || second->told)
            continue;
        second->told = true;
        diag_add_place(diags, DIAG_DECLARED_TWICE, second->place,
                       "%s '%s' of target %s is declared twice; the other place is %s:%u:%u", second->kind->name,
                       second->name, t->name, first->place.file, first->place.line, first->place.column);
    }
}

static int load_files(const struct settings *s, struct desired *d, const struct files *files, struct diag_list *diags)
{
    for (size_t i = 0; i < files->n; i++) {
        struct desired_document *document = calloc(1, sizeof(*document));
        int r;

        if (!document || array_grow(&d->documents, &d->allocated, d->n_documents, sizeof(*d->documents)) < 0) {
            free(document);
            return diag_oom(diags);
        }
        d->documents[d->n_documents++] = document;
        r = desired_document_read(s, files->paths[i], document, diags);
        check_credentials(s, document, diags);
        if (r == 0)
            r = assign_document(s, d, document, diags);
        if (r == -ENOMEM)
            return r;
    }
    for (size_t t = 0; t < s->n_targets; t++)
        check_twice(&s->targets[t], &d->targets[t], diags);
    return 0;
}

static int digest_documents(struct desired *d)
{
    struct buf all = BUF_INIT(LIMIT_FILES * DIGEST_SIZE);
    int r;

    for (size_t i = 0; i < d->n_documents; i++)
        buf_add_str(&all, d->documents[i]->digest);
    r = all.error ? all.error : digest_bytes(buf_text(&all), all.len, d->digest);
    buf_done(&all);
    return r;
}

int desired_load(const struct settings *s, struct diag_list *diags, struct desired **ret)
{
    _cleanup_(desired_freep) struct desired *d = calloc(1, sizeof(*d));
    _cleanup_(files_done) struct files files = {0};
    size_t told = diags->n + diags->more;
    int r;

    if (!d)
        return diag_oom(diags);
    d->targets = calloc(s->n_targets + 1, sizeof(*d->targets));
    if (!d->targets)
        return diag_oom(diags);
    d->n_targets = s->n_targets;
    r = files_find(s->desired, &files, diags);
    if (r == -ENOMEM)
        return r;
    r = load_files(s, d, &files, diags);
    if (r < 0)
        return r;
    if (diags->n + diags->more > told)
        return -EBADMSG;
    if (digest_documents(d) < 0)
        return diag_oom(diags);
    *ret = TAKE_PTR(d);
    return 0;
}
