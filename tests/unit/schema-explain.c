/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in words: each shape of a place and of a field, and that no row of ours is silent. */
#include "schema/explain.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "provider/provider.h"
#include "state/desired.h"
#include "unit.h"
#include "value/json.h"

static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct field a_word = {.name = "a word", .type = FIELD_TEXT, .min = 1, .max = 8};
static const struct field words = {.name = "words", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_word};
static const struct field a_pair = {.name = "a pair", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_word};
static const struct field item_rows[] = {
    {.name = "id", .type = FIELD_TEXT, .flags = FIELD_KEY, .help = "its name"},
    {.name = "colour", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE, .choices = colours, .help = "how it looks"},
    {.name = "label", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE, .max = 8, .same_as = "id", .help = "on its front"},
    {.name = "lid", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE | FIELD_EMPTY_ON_CREATE, .help = "what closes it"},
    {.name = "lock", .type = FIELD_TEXT, .flags = FIELD_LIVE_ONLY, .help = "made by a smith"},
    {.name = "serial", .type = FIELD_INT, .flags = FIELD_SERVER_FILLED, .max = 99, .help = "counted"},
    {0},
};
static const struct field an_item = {
    .name = "an item", .type = FIELD_RECORD, .flags = FIELD_FROM_TEXT, .members = item_rows};
static const struct field body_rows[] = {
    {.name = "size", .type = FIELD_INT, .flags = FIELD_REQUIRED, .min = 1, .max = 9, .help = "of the box"},
    {.name = "open", .type = FIELD_BOOL, .fallback = "false", .help = "whether the lid is off"},
    {.name = "items", .type = FIELD_LIST, .order = ORDER_LIST, .members = &an_item, .help = "what is in it"},
    {.name = "am", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_pair, .help = "hours"},
    {.name = "pm", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_pair, .help = "hours"},
    {.name = "tags", .type = FIELD_MAP, .members = &a_word, .absent = "none", .help = "notes"},
    {.name = "boxes", .type = FIELD_MAP, .members = &an_item, .help = "what stands beside it"},
    {0},
};
static const struct field body = {.name = "a box", .type = FIELD_RECORD, .members = body_rows};

static const struct kind boxes = {.name = "boxes",
                                  .noun = "box",
                                  .strategy = STRATEGY_COLLECTION,
                                  .body = &body,
                                  .guide = "Boxes",
                                  .help = "what things are kept in, and where, and for how long, and for whom"};
static const struct kind inner = {.name = "inner",
                                  .group = "shelves",
                                  .noun = "shelf",
                                  .strategy = STRATEGY_CONTAINER,
                                  .flags = KIND_ACCESS,
                                  .body = &words,
                                  .guide = "Shelves",
                                  .help = "what stands there"};
static const struct kind gone = {.name = "gone",
                                 .noun = "thing",
                                 .strategy = STRATEGY_ABSENCE,
                                 .body = &a_word,
                                 .guide = "Things",
                                 .help = "what must not be there"};
static const struct kind alone = {.name = "alone",
                                  .noun = "thing",
                                  .strategy = STRATEGY_CONTAINER,
                                  .flags = KIND_SINGLE | KIND_ASSERTED,
                                  .body = &body,
                                  .guide = "Things",
                                  .help = "the only one"};

static const struct kind *const kinds[] = {&boxes, &inner, &gone, &alone};
static const struct auth_member auth[] = {{"user", true}, {"method", false}, {0}};
static const struct system store = {
    .name = "store", .title = "The Store", .auth = auth, .kinds = kinds, .n_kinds = ARRAY_SIZE(kinds)};
static const struct auth_member other_auth[] = {{"user", true}, {0}};
static const struct system other = {.name = "other", .title = "The Other", .auth = other_auth};
static const struct system *const two[] = {&store, &other};

static const struct field auth_rows[] = {
    {.name = "user", .type = FIELD_TEXT, .help = "who"},
    {.name = "method", .type = FIELD_TEXT, .fallback = "plain", .help = "how"},
    {0},
};
static const struct field settings_members[] = {
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SYSTEM, .help = "what runs there"},
    {.name = "auth", .type = FIELD_RECORD, .flags = FIELD_BY_SYSTEM, .members = auth_rows, .help = "login"},
    {0},
};
static const struct field settings = {.name = "the settings", .type = FIELD_RECORD, .members = settings_members};
static const struct field document_members[] = {
    {.name = "version", .type = FIELD_INT, .flags = FIELD_REQUIRED, .min = 1, .max = 1, .help = "of the format"},
    {.name = "targets", .type = FIELD_LIST, .flags = FIELD_ONE_OR_MANY, .members = &a_word, .help = "names"},
    {.name = "labels", .type = FIELD_MAP, .members = &a_word, .help = "all of these"},
    {0},
};
static const struct field document = {.name = "a document", .type = FIELD_RECORD, .members = document_members};
static const struct catalogue catalogue = {
    .settings = &settings, .document = &document, .systems = two, .n_systems = ARRAY_SIZE(two)};

static struct catalogue ours(void)
{
    return (struct catalogue){
        .settings = &settings_rows, .document = &desired_rows, .systems = systems, .n_systems = n_systems};
}

static void assert_text(struct buf *out, const char *expected)
{
    assert_int_equal(out->error, 0);
    assert_string_equal(buf_text(out), expected);
    buf_done(out);
}

static void test_places(void **state)
{
    static const struct {
        const struct kind *kind;
        const char *place;
    } table[] = {
        {&boxes, "store: boxes: NAME"},
        {&inner, "store: shelves: NAME: inner"},
        {&gone, "store: gone"},
        {&alone, "store: alone"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf out = BUF_INIT(LIMIT_SENTENCE_BYTES);

        kind_add_place(&store, table[i].kind, &out);
        assert_text(&out, table[i].place);
    }
}

static void test_collection(void **state)
{
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);

    explain_kind(&catalogue, &store, &boxes, 60, &out);
    assert_text(&out, "boxes (The Store)\n"
                      "what things are kept in, and where, and for how long, and\n"
                      "for whom\n"
                      "\n"
                      "store:\n"
                      "  boxes:\n"
                      "    NAME: record\n"
                      "      size: number from 1 to 9; required\n"
                      "          of the box\n"
                      "      open: true or false; default: false\n"
                      "          whether the lid is off\n"
                      "      items: list of records (or just their id) in their\n"
                      "              order\n"
                      "          what is in it\n"
                      "        - id: text; the key; required\n"
                      "              its name\n"
                      "          colour: red, green or blue; required in a new one\n"
                      "              how it looks\n"
                      "          label: text, up to 8 bytes; default in a new one:\n"
                      "                  the id\n"
                      "              on its front\n"
                      "          lid: text; default in a new one: empty\n"
                      "              what closes it\n"
                      "          lock: text; kept as it is, cannot be given\n"
                      "              made by a smith\n"
                      "          serial: number from 0 to 99; filled in by the\n"
                      "                  appliance\n"
                      "              counted\n"
                      "      am, pm: list of lists of texts, each 1 to 8 bytes\n"
                      "          hours\n"
                      "      tags: map of texts, each 1 to 8 bytes; default: none\n"
                      "          notes\n"
                      "      boxes: map of records (or just their id)\n"
                      "          what stands beside it\n"
                      "        NAME: record (or just its id)\n"
                      "          id: text; the key; required\n"
                      "              its name\n"
                      "          colour: red, green or blue; required in a new one\n"
                      "              how it looks\n"
                      "          label: text, up to 8 bytes; default in a new one:\n"
                      "                  the id\n"
                      "              on its front\n"
                      "          lid: text; default in a new one: empty\n"
                      "              what closes it\n"
                      "          lock: text; kept as it is, cannot be given\n"
                      "              made by a smith\n"
                      "          serial: number from 0 to 99; filled in by the\n"
                      "                  appliance\n"
                      "              counted\n"
                      "\n"
                      "Objects are created, replaced and deleted one by one.\n"
                      "A list that is given is the whole list; what is not given\n"
                      "keeps its live value.\n"
                      "Guide: Boxes\n");
}

static void test_other_places(void **state)
{
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);

    explain_kind(&catalogue, &store, &inner, 80, &out);
    assert_contains(buf_text(&out), "\nstore:\n  shelves:\n    NAME:\n"
                                    "      inner: list of texts in any order, each 1 to 8 bytes\n\n");
    assert_contains(buf_text(&out), "\nIt decides who may log in");
    buf_clear(&out);
    explain_kind(&catalogue, &store, &gone, 80, &out);
    assert_contains(buf_text(&out), "\nstore:\n  gone: list of texts in any order, each 1 to 8 bytes\n\n");
    assert_contains(buf_text(&out), "\nWhat is named here must not be there; whatever else is there is left alone.\n");
    assert_null(strstr(buf_text(&out), "who may log in"));
    assert_null(strstr(buf_text(&out), "live value"));
    buf_clear(&out);
    explain_kind(&catalogue, &store, &alone, 80, &out);
    assert_contains(buf_text(&out), "\nstore:\n  alone: record\n    size: number from 1 to 9; required\n");
    assert_contains(buf_text(&out), "\nIt is compared and reported, never written.\nGuide");
    buf_done(&out);
}

static void test_both_files(void **state)
{
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);

    explain_settings(&catalogue, 80, &out);
    assert_text(&out, "type: store or other; required\n"
                      "    what runs there\n"
                      "auth: record\n"
                      "    login\n"
                      "  user: text; required for store, other\n"
                      "      who\n"
                      "  method: text; default: plain; allowed for store\n"
                      "      how\n");
    explain_document(&catalogue, 80, &out);
    assert_text(&out, "version: 1; required\n"
                      "    of the format\n"
                      "targets: list of texts in any order, or one alone, each 1 to 8 bytes\n"
                      "    names\n"
                      "labels: map of texts, each 1 to 8 bytes\n"
                      "    all of these\n"
                      "store: record\n"
                      "    for targets of The Store\n"
                      "other: record\n"
                      "    for targets of The Other\n"
                      "\n"
                      "At least one of these is required: targets, labels\n");
}

static void test_json(void **state)
{
    struct bench *b = *state;
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);
    struct json_writer w = {.out = &out};
    const struct value *root, *kind, *item;

    explain_json(&catalogue, NULL, &w);
    root = bench_json(b, buf_text(&out));
    buf_done(&out);
    assert_string_equal(
        bench_print(b, value_get(root, "systems")),
        "[{\"system\":\"store\",\"title\":\"The Store\",\"auth\":[{\"name\":\"user\",\"required\":true},"
        "{\"name\":\"method\",\"required\":false}]},{\"system\":\"other\",\"title\":\"The Other\","
        "\"auth\":[{\"name\":\"user\",\"required\":true}]}]");
    assert_int_equal(value_get(root, "kinds")->count, 4);
    kind = &value_get(root, "kinds")->items[1];
    assert_string_equal(bench_print(b, kind),
                        "{\"kind\":\"inner\",\"system\":\"store\",\"place\":\"store: shelves: NAME: inner\","
                        "\"noun\":\"shelf\",\"strategy\":\"container\",\"guide\":\"Shelves\","
                        "\"help\":\"what stands there\",\"value\":{\"name\":\"words\",\"type\":\"list\","
                        "\"order\":\"set\",\"item\":{\"name\":\"a word\",\"type\":\"text\",\"min\":1,\"max\":8}}}");
    kind = &value_get(root, "kinds")->items[0];
    item = value_get(&value_get(value_get(kind, "value"), "members")->items[2], "item");
    assert_string_equal(
        bench_print(b, value_get(item, "members")),
        "[{\"name\":\"id\",\"type\":\"text\",\"key\":true,\"required\":true,\"help\":\"its name\"},"
        "{\"name\":\"colour\",\"type\":\"text\",\"choices\":[\"red\",\"green\",\"blue\"],"
        "\"on-create\":true,\"help\":\"how it looks\"},"
        "{\"name\":\"label\",\"type\":\"text\",\"min\":0,\"max\":8,\"on-create\":true,\"same-as\":\"id\","
        "\"help\":\"on its front\"},"
        "{\"name\":\"lid\",\"type\":\"text\",\"on-create\":true,\"empty-on-create\":true,"
        "\"help\":\"what closes it\"},"
        "{\"name\":\"lock\",\"type\":\"text\",\"live-only\":true,"
        "\"help\":\"made by a smith\"},"
        "{\"name\":\"serial\",\"type\":\"number\",\"min\":0,\"max\":99,\"server-filled\":true,"
        "\"help\":\"counted\"}]");
    assert_string_equal(bench_print(b, &value_get(value_get(root, "settings"), "members")->items[0]),
                        "{\"name\":\"type\",\"type\":\"text\",\"choices\":[\"store\",\"other\"],\"required\":true,"
                        "\"help\":\"what runs there\"}");
}

/* A text without its blanks and line ends: where a line was folded does not matter. */
static void squeeze(char *text)
{
    char *to = text;

    for (; *text; text++)
        if (!isspace((unsigned char)*text))
            *to++ = *text;
    *to = '\0';
}

static void assert_tells(const char *squeezed, const char *told, const char *of)
{
    char copy[4096];

    assert_true(told && strlen(told) < sizeof(copy));
    memcpy(copy, told, strlen(told) + 1);
    squeeze(copy);
    if (!strstr(squeezed, copy))
        fail_msg("'%s' of %s is not told", told, of);
}

/* Each named row below F has its help, and both are told. */
static void assert_complete(const char *squeezed, const struct field *f, const char *of)
{
    if (f->type == FIELD_LIST || f->type == FIELD_MAP)
        assert_complete(squeezed, f->members, of);
    if (f->type != FIELD_RECORD)
        return;
    for (const struct field *m = f->members; m->name; m++) {
        if (!m->help)
            fail_msg("%s of %s has no help", m->name, of);
        assert_tells(squeezed, m->name, of);
        assert_tells(squeezed, m->help, of);
        assert_complete(squeezed, m, of);
    }
}

static void test_no_row_is_silent(void **state)
{
    const struct catalogue c = ours();
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);

    explain_settings(&c, 80, &out);
    squeeze(out.data);
    assert_complete(out.data, c.settings, "the settings");
    buf_clear(&out);
    explain_document(&c, 80, &out);
    squeeze(out.data);
    assert_complete(out.data, c.document, "a document");
    for (size_t i = 0; i < n_systems; i++) {
        for (size_t n = 0; n < systems[i]->n_kinds; n++) {
            const struct kind *k = systems[i]->kinds[n];

            buf_clear(&out);
            explain_kind(&c, systems[i], k, 80, &out);
            squeeze(out.data);
            assert_tells(out.data, k->help, k->name);
            assert_tells(out.data, k->guide, k->name);
            assert_complete(out.data, k->body, k->name);
        }
    }
    buf_done(&out);
}

static void test_lines_fit(void **state)
{
    const struct catalogue c = ours();

    for (size_t width = 80; width <= 100; width += 20) {
        struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);

        explain_everything(&c, width, &out);
        explain_settings(&c, width, &out);
        explain_document(&c, width, &out);
        for (size_t i = 0; i < n_systems; i++)
            for (size_t n = 0; n < systems[i]->n_kinds; n++)
                explain_kind(&c, systems[i], systems[i]->kinds[n], width, &out);
        for (const char *line = buf_text(&out); *line; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\n") > width)
                fail_msg("longer than %zu: %.*s", width, (int)strcspn(line, "\n"), line);
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_places),     BENCH_TEST(test_collection), BENCH_TEST(test_other_places),
        BENCH_TEST(test_both_files), BENCH_TEST(test_json),       BENCH_TEST(test_no_row_is_silent),
        BENCH_TEST(test_lines_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
