/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "reconcile/plan.h"
#include "value/json.h"

static void write_text(const char *text, struct buf *out)
{
    if (text)
        json_write_text(text, strlen(text), out);
    else
        buf_add_str(out, "null");
}

static void write_name(const char *name, struct buf *out)
{
    write_text(name, out);
    buf_add_str(out, ": ");
}

static void write_value(const struct item *i, const struct value *v, struct buf *out)
{
    if (i->secret && v->type != VALUE_NULL)
        buf_add_str(out, "\"(secret)\"");
    else
        json_write(v, JSON_SORTED, out);
}

static void write_item(const struct item *i, struct buf *out)
{
    buf_add_str(out, "{\"op\": ");
    write_text(item_op_to_string(i->op), out);
    buf_add_str(out, ", \"path\": ");
    write_text(i->path, out);
    buf_add_str(out, ", \"before\": ");
    write_value(i, &i->before, out);
    buf_add_str(out, ", \"after\": ");
    write_value(i, &i->after, out);
    buf_add_char(out, '}');
}

static void write_accepted(const struct acceptance *a, struct buf *out)
{
    if (!a) {
        buf_add_str(out, ", \"accepted\": null");
        return;
    }
    buf_add_str(out, ", \"accepted\": {\"reason\": ");
    write_text(a->reason, out);
    buf_add_str(out, ", \"until\": ");
    write_text(a->until, out);
    buf_add_char(out, '}');
}

static void write_change(const struct change *c, struct buf *out)
{
    buf_add_str(out, "{\"kind\": ");
    write_text(c->kind->name, out);
    buf_add_str(out, ", \"object\": ");
    write_text(c->object, out);
    buf_add_str(out, ", \"action\": ");
    write_text(action_to_string(c->action), out);
    buf_add_str(out, ", \"cause\": ");
    write_text(cause_to_string(c->cause), out);
    buf_add_str(out, ", \"live-digest\": ");
    write_text(c->live_digest[0] ? c->live_digest : NULL, out);
    write_accepted(c->accepted, out);
    buf_add_str(out, ", \"held-by\": ");
    write_text(guard_to_string(c->held_by), out);
    buf_add_str(out, ", \"held-why\": ");
    write_text(c->held_why, out);
    buf_add_str(out, ", \"result\": ");
    write_text(result_to_string(c->result), out);
    buf_add_str(out, ",\n       \"items\": [");
    for (size_t i = 0; i < c->n_items; i++) {
        buf_add_str(out, i ? ",\n         " : "\n         ");
        write_item(&c->items[i], out);
    }
    buf_add_str(out, "]}");
}

static void write_error(const struct target_plan *t, struct buf *out)
{
    if (t->diags.n == 0) {
        buf_add_str(out,
                    diag_any(&t->diags) ? "{\"code\": \"out-of-memory\", \"message\": \"out of memory\"}" : "null");
        return;
    }
    buf_add_str(out, "{\"code\": ");
    write_text(diag_code_to_string(t->diags.items[0].code), out);
    buf_add_str(out, ", \"message\": ");
    write_text(t->diags.items[0].sentence ? t->diags.items[0].sentence : "out of memory", out);
    buf_add_char(out, '}');
}

void target_plan_write_json(const struct target_plan *t, struct buf *out)
{
    buf_add_str(out, "{\"target\": ");
    write_text(t->target->name, out);
    buf_add_str(out, ", \"type\": ");
    write_text(t->target->system->name, out);
    buf_add_str(out, ", \"status\": ");
    write_text(target_status_to_string(t->status), out);
    buf_add_str(out, ", \"error\": ");
    write_error(t, out);
    if (t->same_cluster_as) {
        buf_add_str(out, ", \"same-cluster-as\": ");
        write_text(t->same_cluster_as, out);
    }
    if (t->backup) {
        buf_add_str(out, ", \"backup\": ");
        write_text(t->backup, out);
    }
    buf_add_str(out, ",\n     \"changes\": [");
    for (size_t i = 0; i < t->n_changes; i++) {
        buf_add_str(out, i ? ",\n       " : "\n       ");
        write_change(&t->changes[i], out);
    }
    buf_add_str(out, "],\n     \"unmanaged\": [");
    for (size_t i = 0; i < t->n_unmanaged; i++) {
        buf_add_str(out, i ? ", {\"kind\": " : "{\"kind\": ");
        write_text(t->unmanaged[i].kind->name, out);
        buf_add_str(out, ", \"object\": ");
        write_text(t->unmanaged[i].object, out);
        buf_add_char(out, '}');
    }
    buf_add_str(out, "]}");
}

void plan_write_json(const struct plan *p, struct buf *out)
{
    struct plan_summary s = plan_summarise(p);

    buf_add_str(out, "{\"version\": 1,\n \"targets\": [");
    for (size_t i = 0; i < p->n_targets && !out->error; i++) {
        buf_add_str(out, i ? ",\n   " : "\n   ");
        target_plan_write_json(p->targets[i], out);
    }
    buf_add_str(out, "],\n \"summary\": {");
    for (int i = 0; i < TARGET_STATUS_MAX; i++) {
        write_name(target_status_to_string((enum target_status)i), out);
        buf_addf(out, "%zu, ", s.by_status[i]);
    }
    for (int i = 0; i < ACTION_MAX; i++) {
        write_name(action_to_string((enum action)i), out);
        buf_addf(out, "%zu%s", s.by_action[i], i + 1 < ACTION_MAX ? ", " : "");
    }
    buf_add_str(out, "}}\n");
}
