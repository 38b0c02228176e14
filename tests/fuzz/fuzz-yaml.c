/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a document: refused with exactly one reason, or a tree that reads the same after it was written. */
#include "fuzz.h"

static void check_places(const struct value *v, int depth)
{
    PROMISE(depth <= 32 && v->line > 0 && v->column > 0);
    for (uint32_t i = 0; (v->type == VALUE_LIST || v->type == VALUE_MAP) && i < v->count; i++) {
        if (v->type == VALUE_MAP)
            PROMISE(v->pairs[i].key.type == VALUE_TEXT && v->pairs[i].key.line > 0);
        check_places(v->type == VALUE_LIST ? &v->items[i] : &v->pairs[i].value, depth + 1);
    }
    if (v->type == VALUE_TEXT)
        PROMISE(strlen(v->text) == v->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct document d = {.file = strdup("f")}, again = {.file = strdup("f")};
    struct diag_list diags = {0};
    const char *text;

    if (yaml_read(&d, (const char *)data, size, &diags) < 0) {
        PROMISE(diags.n == 1 && diags.items[0].subject);
    } else {
        PROMISE(!diag_any(&diags));
        check_places(&d.root, 0);
        text = text_of_yaml(&d.arena, &d.root);
        if (!has_controls(&d.root)) {
            PROMISE(yaml_read(&again, text, strlen(text), &diags) == 0);
            PROMISE(value_equal(&d.root, &again.root));
        }
    }
    diag_list_done(&diags);
    document_done(&d);
    document_done(&again);
    return 0;
}
