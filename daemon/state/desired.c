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

static bool is_chosen(const struct desired_document *d, const struct target *t)
{
    return (!d->targets || settings_matches(d->targets, t->name)) && has_labels(t, d->labels);
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

/* A plain name that no target has is a typing error even where other names match. */
static void check_names(const struct settings *s, const struct desired_document *d, struct diag_list *diags)
{
    for (uint32_t i = 0; d->targets && i < d->targets->count; i++) {
        const struct value *name = &d->targets->items[i];
        size_t matches = 0;

        for (size_t t = 0; t < s->n_targets; t++)
            matches += pattern_match(name->text, s->targets[t].name);
        if (matches == 0)
            diag_add_place(diags, DIAG_NO_TARGET, value_place(&d->document, name), "'%s' matches no target of the settings",
                           name->text);
    }
}

static int assign_document(const struct settings *s, struct desired *all, struct desired_document *d,
                           struct diag_list *diags)
{
    size_t chosen = 0;
    int r;

    check_names(s, d, diags);
    for (size_t t = 0; t < s->n_targets; t++) {
        if (!is_chosen(d, &s->targets[t]))
            continue;
        chosen++;
        for (size_t i = 0; i < d->n_sections; i++) {
            if (d->sections[i].system != s->targets[t].system)
                continue;
            d->sections[i].used = true;
            r = add_section(&all->targets[t], &s->targets[t], &d->sections[i]);
            if (r < 0)
                return diag_oom(diags);
        }
    }
    if (chosen == 0)
        diag_add_place(diags, DIAG_NO_TARGET, value_place(&d->document, d->targets ? d->targets : d->labels),
                       "the document matches no target of the settings");
    for (size_t i = 0; i < d->n_sections && chosen > 0; i++)
        if (!d->sections[i].used)
            diag_add_place(diags, DIAG_WRONG_SECTION, d->sections[i].place,
                           "section '%s', but none of the document's targets is of type %s", d->sections[i].system->name,
                           d->sections[i].system->name);
    return 0;
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
        if (r == 0)
            r = assign_document(s, d, document, diags);
        if (r == -ENOMEM)
            return r;
    }
    for (size_t t = 0; t < s->n_targets; t++)
        check_twice(&s->targets[t], &d->targets[t], diags);
    return 0;
}

int desired_load(const struct settings *s, struct diag_list *diags, struct desired **ret)
{
    _cleanup_(desired_freep) struct desired *d = calloc(1, sizeof(*d));
    _cleanup_(files_done) struct files files = {0};
    size_t told = diags->n + diags->more;
    int r;

    if (!d)
        return diag_oom(diags);
    d->n_targets = s->n_targets;
    d->targets = calloc(s->n_targets + 1, sizeof(*d->targets));
    if (!d->targets)
        return diag_oom(diags);
    r = files_find(s->desired, &files, diags);
    if (r == -ENOMEM)
        return r;
    r = load_files(s, d, &files, diags);
    if (r < 0)
        return r;
    if (diags->n + diags->more > told)
        return -EBADMSG;
    *ret = TAKE_PTR(d);
    return 0;
}
