/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "value/json.h"
#include "value/yaml.h"

int bench_setup(void **state)
{
    json_init();
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    return remove(path);
}

int bench_teardown(void **state)
{
    struct bench *b = *state;

    if (b->folder[0])
        nftw(b->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    document_done(&b->document);
    diag_list_done(&b->diags);
    arena_done(&b->arena);
    free(b);
    return 0;
}

struct value *bench_json(struct bench *b, const char *json)
{
    struct value *v = arena_zalloc(&b->arena, 1, sizeof(*v));
    struct json_fault fault = {0};

    if (json_read(&b->arena, json, strlen(json), v, &fault) < 0)
        fail_msg("the test's own JSON is wrong at byte %zu: %s: %s", fault.offset, fault.what, json);
    return v;
}

struct value *bench_yaml(struct bench *b, const char *yaml)
{
    struct value *v = arena_zalloc(&b->arena, 1, sizeof(*v));

    document_done(&b->document);
    b->document.file = strdup("f.yaml");
    if (yaml_read(&b->document, yaml, strlen(yaml), &b->diags) < 0)
        fail_msg("the test's own YAML is wrong: %s", bench_told(b));
    /* A copy, so that an earlier value outlives the next document. */
    assert_int_equal(value_copy(&b->arena, &b->document.root, v), 0);
    return v;
}

const char *bench_print(struct bench *b, const struct value *v)
{
    struct buf text = BUF_INIT(1 << 20);
    const char *copy;

    json_write(v, JSON_COMPACT, &text);
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

struct value *bench_desired(struct bench *b, const struct field *f, const char *yaml)
{
    struct value *v = bench_yaml(b, yaml);
    struct field_reader r = {.document = &b->document, .arena = &b->arena, .diags = &b->diags};

    assert_int_equal(field_read(&r, f, v), 0);
    if (r.faulty || diag_any(&b->diags))
        fail_msg("the document should be accepted, but: %s", bench_told(b));
    return v;
}

struct value *bench_live(struct bench *b, const struct field *f, const char *json)
{
    struct value *v = bench_json(b, json);
    struct buf why = BUF_INIT(4096);

    if (field_adopt(f, v, &b->arena, &why) < 0)
        fail_msg("the reply should be accepted, but: %s", buf_text(&why));
    buf_done(&why);
    return v;
}

const char *bench_told(struct bench *b)
{
    struct buf text = BUF_INIT(1 << 20);
    const char *copy;

    for (size_t i = 0; i < b->diags.n; i++) {
        const struct diag *d = &b->diags.items[i];

        buf_addf(&text, "%s: %s [%s]\n", d->subject ? d->subject : "-", d->sentence ? d->sentence : "-",
                 diag_code_to_string(d->code));
    }
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

void bench_forget(struct bench *b)
{
    diag_list_done(&b->diags);
}

const char *bench_folder(struct bench *b)
{
    if (!b->folder[0]) {
        snprintf(b->folder, sizeof(b->folder), "/tmp/convergate-unit.XXXXXX");
        if (!mkdtemp(b->folder))
            fail_msg("no temporary folder");
    }
    return b->folder;
}

const char *bench_file(struct bench *b, const char *name, const char *text, mode_t mode)
{
    const char *path = arena_printf(&b->arena, "%s/%s", bench_folder(b), name);
    _cleanup_free_ char *folder = path_folder(path);
    FILE *f;

    assert_int_equal(make_directories(folder), 0);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

void assert_contains_(const char *text, const char *part, const char *file, int line)
{
    if (strstr(text, part))
        return;
    print_error("'%s' is not in '%s'\n", part, text);
    _fail(file, line);
}

void assert_told_one_(struct bench *b, const char *code, const char *subject, const char *words, const char *file,
                      int line)
{
    const struct diag *d = b->diags.items;
    bool good = b->diags.n == 1 && b->diags.more == 0 && strcmp(diag_code_to_string(d->code), code) == 0 &&
                (subject ? d->subject && strcmp(d->subject, subject) == 0 : !d->subject) && d->sentence &&
                strstr(d->sentence, words);

    if (!good) {
        print_error("expected '%s: ...%s... [%s]', told was:\n%s", subject ? subject : "-", words, code, bench_told(b));
        _fail(file, line);
    }
    bench_forget(b);
}
