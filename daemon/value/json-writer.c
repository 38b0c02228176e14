/* SPDX-License-Identifier: Apache-2.0 */
#include "value/json-writer.h"

#include <inttypes.h>
#include <string.h>

#include "value/json.h"

static void put_text(const char *text, struct buf *out)
{
    json_write_text(text, strlen(text), out);
}

static void begin(struct json_writer *w, const char *name)
{
    if (w->filled)
        buf_add_char(w->out, ',');
    if (w->depth > 0)
        buf_addf(w->out, "\n%*s", w->depth * 2, "");
    if (name) {
        put_text(name, w->out);
        buf_add_str(w->out, ": ");
    }
    w->filled = true;
}

void json_open(struct json_writer *w, const char *name, char bracket)
{
    begin(w, name);
    buf_add_char(w->out, bracket);
    w->depth++;
    w->filled = false;
}

void json_close(struct json_writer *w, char bracket)
{
    w->depth--;
    if (w->filled)
        buf_addf(w->out, "\n%*s", w->depth * 2, "");
    buf_add_char(w->out, bracket);
    w->filled = true;
}

void json_put_text(struct json_writer *w, const char *name, const char *text)
{
    begin(w, name);
    put_text(text, w->out);
}

void json_put_int(struct json_writer *w, const char *name, int64_t n)
{
    begin(w, name);
    buf_addf(w->out, "%" PRId64, n);
}

void json_put_bool(struct json_writer *w, const char *name, bool b)
{
    begin(w, name);
    buf_add_str(w->out, b ? "true" : "false");
}

void json_put_words(struct json_writer *w, const char *name, const char *const *words, size_t n)
{
    begin(w, name);
    buf_add_char(w->out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_str(w->out, ", ");
        put_text(words[i], w->out);
    }
    buf_add_char(w->out, ']');
}
