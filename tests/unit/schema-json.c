/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as a JSON Schema: each type, each form, each place; what our rows accept is held by `papers`. */
#include "schema/json-schema.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/limits.h"
#include "provider/provider.h"
#include "state/desired.h"
#include "unit.h"

static const char *const colours[] = {"red", "green", NULL};
static const struct field a_word = {.name = "a word", .type = FIELD_TEXT};
static const struct field item_rows[] = {
    {.name = "id", .type = FIELD_TEXT, .flags = FIELD_KEY, .min = 2, .max = 9},
    {.name = "lock", .type = FIELD_TEXT, .flags = FIELD_LIVE_ONLY},
    {0},
};
static const struct field an_item = {
    .name = "an item", .type = FIELD_RECORD, .flags = FIELD_FROM_TEXT, .members = item_rows};
static const struct field plain_item = {.name = "an item", .type = FIELD_RECORD, .members = item_rows};

/* How one row reads as a schema. */
static const struct {
    struct field row;
    const char *json;
} shapes[] = {
    {{.type = FIELD_TEXT}, "{\"type\":[\"string\",\"number\",\"boolean\"]}"},
    {{.type = FIELD_TEXT, .max = 9}, "{\"type\":[\"string\",\"number\",\"boolean\"],\"maxLength\":9}"},
    /* two bytes may be one character */
    {{.type = FIELD_TEXT, .min = 2, .max = 9},
     "{\"type\":[\"string\",\"number\",\"boolean\"],\"minLength\":1,\"maxLength\":9}"},
    {{.type = FIELD_TEXT, .pattern = "^[0-9a-z]+$"},
     "{\"type\":[\"string\",\"number\",\"boolean\"],\"pattern\":\"^[0-9a-z]+$\"}"},
    {{.type = FIELD_TEXT, .pattern = "^[0-9]+$"}, "{\"type\":[\"string\",\"number\"],\"pattern\":\"^[0-9]+$\"}"},
    {{.type = FIELD_TEXT, .pattern = "^[0-9]+m$"}, "{\"type\":[\"string\"],\"pattern\":\"^[0-9]+m$\"}"},
    {{.type = FIELD_TEXT, .choices = colours}, "{\"enum\":[\"red\",\"green\"]}"},
    {{.type = FIELD_TEXT, .flags = FIELD_SYSTEM}, "{\"enum\":[\"store\",\"other\"]}"},
    {{.type = FIELD_BOOL}, "{\"type\":\"boolean\"}"},
    {{.type = FIELD_INT, .min = -1, .max = 5}, "{\"type\":\"integer\",\"minimum\":-1,\"maximum\":5}"},
    {{.type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_word, .min = 2, .max = 4},
     "{\"type\":\"array\",\"minItems\":2,\"maxItems\":4,"
     "\"items\":{\"type\":[\"string\",\"number\",\"boolean\"]}}"},
    {{.type = FIELD_LIST, .order = ORDER_LIST, .members = &plain_item},
     "{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
     "\"required\":[\"id\"],\"properties\":{\"id\":{\"description\":\"text, 2 to 9 bytes; the key; required\","
     "\"type\":[\"string\",\"number\",\"boolean\"],\"minLength\":1,\"maxLength\":9}}}}"},
    {{.type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ONE_OR_MANY, .members = &a_word},
     "{\"anyOf\":[{\"type\":[\"string\",\"number\",\"boolean\"]},"
     "{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":[\"string\",\"number\",\"boolean\"]}}]}"},
    {{.type = FIELD_MAP, .members = &a_word, .min = 1, .max = 2, .pattern = "^a"},
     "{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":2,\"propertyNames\":{\"pattern\":\"^a\"},"
     "\"additionalProperties\":{\"type\":[\"string\",\"number\",\"boolean\"]}}"},
};

static const struct kind boxes = {.name = "boxes",
                                  .noun = "box",
                                  .strategy = STRATEGY_COLLECTION,
                                  .body = &an_item,
                                  .name_pattern = "^[a-z]+$",
                                  .guide = "Boxes",
                                  .help = "what things are kept in"};
static const struct kind left = {
    .name = "left", .group = "shelves", .noun = "shelf", .body = &a_word, .guide = "Shelves", .help = "one side"};
static const struct kind right = {
    .name = "right", .group = "shelves", .noun = "shelf", .body = &a_word, .guide = "Shelves", .help = "the other"};
static const struct kind gone = {.name = "gone",
                                 .noun = "thing",
                                 .strategy = STRATEGY_ABSENCE,
                                 .body = &a_word,
                                 .guide = "Things",
                                 .help = "what must not be there"};
static const struct kind alone = {
    .name = "alone", .noun = "thing", .flags = KIND_SINGLE, .body = &a_word, .guide = "Things", .help = "just one"};

static const struct kind *const kinds[] = {&left, &boxes, &right, &gone, &alone};
static const struct auth_member auth[] = {{"user", true}, {"method", false}, {0}};
static const struct system store = {
    .name = "store", .title = "The Store", .auth = auth, .kinds = kinds, .n_kinds = ARRAY_SIZE(kinds)};
static const struct auth_member other_auth[] = {{"user", true}, {0}};
static const struct system other = {.name = "other", .title = "The Other", .auth = other_auth};
static const struct system *const two[] = {&store, &other};

static const struct field auth_rows[] = {
    {.name = "user", .type = FIELD_TEXT},
    {.name = "method", .type = FIELD_TEXT, .fallback = "plain"},
    {0},
};
static const struct field settings_members[] = {
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SYSTEM},
    {.name = "auth", .type = FIELD_RECORD, .flags = FIELD_REQUIRED | FIELD_BY_SYSTEM, .members = auth_rows},
    {.name = "most", .type = FIELD_INT, .max = 9, .fallback = "7", .help = "how many"},
    {0},
};
static const struct field settings = {.name = "the settings", .type = FIELD_RECORD, .members = settings_members};
static const struct field document_members[] = {
    {.name = "version", .type = FIELD_INT, .flags = FIELD_REQUIRED, .min = 1, .max = 1},
    {.name = "targets", .type = FIELD_TEXT},
    {.name = "labels", .type = FIELD_TEXT},
    {0},
};
static const struct field document = {.name = "a document", .type = FIELD_RECORD, .members = document_members};
static const struct catalogue catalogue = {
    .settings = &settings, .document = &document, .systems = two, .n_systems = ARRAY_SIZE(two)};

static const struct value *get(const struct value *v, const char *a, const char *b)
{
    v = value_get(v, a);
    return b ? value_get(v, b) : v;
}

static void test_shapes(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);
        struct json_writer w = {.out = &out};
        struct schema s = {.catalogue = &catalogue, .w = &w};

        json_open(&w, NULL, '{');
        schema_put_type(&s, &shapes[i].row);
        json_close(&w, '}');
        assert_string_equal(bench_print(b, bench_json(b, buf_text(&out))), shapes[i].json);
        buf_done(&out);
    }
}

static const struct value *schema_of(struct bench *b, void (*make)(const struct catalogue *, struct json_writer *))
{
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);
    struct json_writer w = {.out = &out};
    const struct value *v;

    make(&catalogue, &w);
    assert_int_equal(out.error, 0);
    v = bench_json(b, buf_text(&out));
    buf_done(&out);
    return v;
}

static void test_settings(void **state)
{
    struct bench *b = *state;
    const struct value *v = schema_of(b, json_schema_settings);

    assert_string_equal(value_get_text(v, "$schema"), "http://json-schema.org/draft-07/schema#");
    assert_string_equal(bench_print(b, value_get(v, "required")), "[\"type\",\"auth\"]");
    assert_string_equal(bench_print(b, get(v, "properties", "most")),
                        "{\"description\":\"how many\\n\\nnumber from 0 to 9; default: 7\",\"default\":7,"
                        "\"type\":\"integer\",\"minimum\":0,\"maximum\":9}");
    assert_string_equal(bench_print(b, value_get(v, "allOf")),
                        "[{\"if\":{\"properties\":{\"type\":{\"const\":\"store\"}}},\"then\":{\"properties\":"
                        "{\"auth\":{\"required\":[\"user\"],\"propertyNames\":{\"enum\":[\"user\",\"method\"]}}}}},"
                        "{\"if\":{\"properties\":{\"type\":{\"const\":\"other\"}}},\"then\":{\"properties\":"
                        "{\"auth\":{\"required\":[\"user\"],\"propertyNames\":{\"enum\":[\"user\"]}}}}}]");
    v = value_get(get(v, "properties", "auth"), "properties");
    assert_string_equal(bench_print(b, value_get(v, "method")),
                        "{\"description\":\"text; default: plain; allowed for store\",\"default\":\"plain\","
                        "\"type\":[\"string\",\"number\",\"boolean\"]}");
}

#define NAMES(pattern) \
    "\"propertyNames\":{\"minLength\":1,\"maxLength\":1024," pattern "\"not\":{\"enum\":[\".\",\"..\"]}}"
#define WORD "\"type\":[\"string\",\"number\",\"boolean\"]"
#define WORDS(help, keeping, guide) "\"description\":\"" help "\\n\\n" keeping "\\n\\nGuide: " guide "\","
#define IN_PLACE "It is changed where it is; it is neither created nor deleted."

/* Kinds of one group that stand apart in the list are one group in a document. */
static void test_document(void **state)
{
    struct bench *b = *state;
    const struct value *v = schema_of(b, json_schema_document), *section = get(v, "properties", "store");

    assert_string_equal(bench_print(b, value_get(v, "required")), "[\"version\"]");
    assert_string_equal(bench_print(b, value_get(v, "anyOf")),
                        "[{\"required\":[\"targets\"]},{\"required\":[\"labels\"]}]");
    assert_int_equal(value_get(v, "properties")->count, 4);
    assert_int_equal(value_get(section, "properties")->count, 4);
    assert_string_equal(bench_print(b, get(section, "properties", "shelves")),
                        "{\"type\":\"object\"," NAMES("") ",\"additionalProperties\":{\"type\":\"object\","
                                                          "\"additionalProperties\":false,\"properties\":{"
                                                          "\"left\":{" WORDS("one side", IN_PLACE, "Shelves") WORD
                        "},"
                        "\"right\":{" WORDS("the other", IN_PLACE, "Shelves") WORD "}}}}");
    assert_string_equal(bench_print(b, get(section, "properties", "gone")),
                        "{" WORDS("what must not be there",
                                  "What is named here must not be there; whatever else is there is left alone.",
                                  "Things") "\"type\":\"array\",\"uniqueItems\":true,\"items\":{" WORD "}}");
    assert_string_equal(bench_print(b, get(section, "properties", "alone")),
                        "{" WORDS("just one", IN_PLACE, "Things") WORD "}");
    assert_string_equal(
        bench_print(b, get(section, "properties", "boxes")),
        "{" WORDS(
            "what things are kept in", "Objects are created, replaced and deleted one by one.",
            "Boxes") "\"type\":\"object\"," NAMES("\"pattern\":\"^[a-z]+$\",") ",\"additionalProperties\":"
                                                                               "{\"anyOf\":[{" WORD
                                                                               ",\"minLength\":1,\"maxLength\":9},{"
                                                                               "\"type\":\"object\","
                                                                               "\"additionalProperties\":false,"
                                                                               "\"required\":[\"id\"],\"properties\":{"
                                                                               "\"id\":{\"description\":\"text, 2 to 9 "
                                                                               "bytes; the key; required\"," WORD
                                                                               ",\"minLength\":1,\"maxLength\":9}}}]}"
                                                                               "}");
}

static void test_bad_pattern(void **state)
{
    static const struct field bad = {.type = FIELD_TEXT, .pattern = "a["};
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);
    struct json_writer w = {.out = &out};
    struct schema s = {.catalogue = &catalogue, .w = &w};

    json_open(&w, NULL, '{');
    schema_put_type(&s, &bad);
    assert_int_equal(out.error, -EINVAL);
    buf_done(&out);
}

static bool matches(const char *pattern, const char *text)
{
    regex_t r;
    bool good;

    assert_int_equal(regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB), 0);
    good = regexec(&r, text, 0, NULL, 0) == 0;
    regfree(&r);
    return good;
}

static const char *const samples[] = {
    "",
    "x",
    "0",
    "24",
    "A-1_.x",
    "-a",
    "a b",
    "5m",
    "1h",
    "90s",
    "500ms",
    "007s",
    "0s",
    "1.5h",
    "https://a",
    "https://a.example:8443",
    "https://[2001:db8::1]:443",
    "http://a",
    "https://a/b",
    "a/b",
    "a/b/c",
    "*/x/*",
    "/",
    "//",
    "*",
    "192.0.2.1",
    "192.0.2.256",
    "192.0.2.0/28",
    "192.0.2.0/028",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "1.2.3",
    "::",
    "::1/128",
    "2001:db8::/32",
    "::ffff:192.0.2.1",
    "ffff::",
    "255.255.0.0",
    "255.0.255.0",
    "0.0.0.0",
    "255.255.255.255",
    "255.255.255.252",
    "http://crl.example/a.crl",
    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;sha256//++++++++++++++++++++++++++++++++++++++++++/=",
};

/* What `check` lets pass matches the pattern. Returns how many rows have both. */
static size_t judge_patterns(const struct field *f)
{
    size_t n = 0;

    if (f->type == FIELD_LIST || f->type == FIELD_MAP)
        return judge_patterns(f->members);
    if (f->type == FIELD_RECORD)
        for (const struct field *m = f->members; m->name; m++)
            n += judge_patterns(m);
    if (f->type != FIELD_TEXT || !f->pattern || !f->check)
        return n;
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        struct value v = value_text(samples[i]);

        if (!f->check(&v) && !matches(f->pattern, samples[i]))
            fail_msg("check accepts '%s' but the pattern of %s does not: %s", samples[i], f->name ? f->name : "an item",
                     f->pattern);
    }
    return 1;
}

static void test_our_patterns(void **state)
{
    size_t n = judge_patterns(&settings_rows);

    for (size_t i = 0; i < n_systems; i++)
        for (size_t k = 0; k < systems[i]->n_kinds; k++)
            n += judge_patterns(systems[i]->kinds[k]->body);
    assert_true(n >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_shapes),      BENCH_TEST(test_settings),     BENCH_TEST(test_document),
        BENCH_TEST(test_bad_pattern), BENCH_TEST(test_our_patterns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
