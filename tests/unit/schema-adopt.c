/* SPDX-License-Identifier: Apache-2.0 */
/* From the appliance's form to ours, back again, and to a document's. */
#include <errno.h>
#include <string.h>

#include "unit.h"

static int key_of_pair(const struct value *item, struct buf *out)
{
    const char *a = value_get_text(item, "a"), *z = value_get_text(item, "z");

    if (!a)
        return -EINVAL;
    buf_addf(out, "%s/%s", a, z ? z : "");
    return 0;
}

/* "x:TEXT" is kept as TEXT; a text that is only blanks is none. */
static int normalise_tagged(struct arena *a, struct value *text, const char **ret_wrong)
{
    if (text->text[strspn(text->text, " ")] == '\0') {
        *ret_wrong = "is blank";
        return -EBADMSG;
    }
    if (strncmp(text->text, "x:", 2) == 0)
        *text = value_text(arena_strdup(a, text->text + 2));
    return 0;
}

static const struct field item_members[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_KEY},
    {.name = "on", .type = FIELD_BOOL},
    {.name = "sid", .type = FIELD_TEXT, .flags = FIELD_SERVER_FILLED},
    {0},
};
static const struct field an_item = {.name = "an item", .type = FIELD_RECORD, .members = item_members};
static const struct field a_word = {.name = "a word", .type = FIELD_TEXT};
static const struct field pair_members[] = {{.name = "a", .type = FIELD_TEXT}, {.name = "z", .type = FIELD_TEXT}, {0}};
static const struct field hooked = {
    .name = "a hooked", .type = FIELD_RECORD, .members = pair_members, .key = key_of_pair};
static const struct field inner_members[] = {{.name = "deep", .type = FIELD_INT, .min = 1, .max = 9}, {0}};
static const struct field rows[] = {
    {.name = "text", .type = FIELD_TEXT},
    {.name = "flag", .type = FIELD_BOOL},
    {.name = "count", .type = FIELD_INT},
    {.name = "items", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ABSENT_EMPTY, .members = &an_item},
    {.name = "wrapped",
     .type = FIELD_LIST,
     .order = ORDER_LIST,
     .flags = FIELD_ABSENT_EMPTY,
     .members = &hooked,
     .wrap = "one"},
    {.name = "inner", .type = FIELD_RECORD, .members = inner_members},
    {.name = "strict", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_word},
    {.name = "some", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_word, .min = 1, .max = 2},
    {.name = "times", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_word},
    {.name = "password", .type = FIELD_TEXT, .flags = FIELD_SECRET},
    {.name = "tagged", .type = FIELD_TEXT, .flags = FIELD_ABSENT_EMPTY, .normalise = normalise_tagged},
    {.name = "kept", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_LIVE_ONLY, .members = &a_word},
    {0},
};
static const struct field root = {.name = "root", .type = FIELD_RECORD, .members = rows};

static void test_adopted(void **state)
{
    static const struct {
        const char *live, *ours;
    } table[] = {
        /* absent, null and empty lists are one; what is not marked so stays absent */
        {"{}", "{\"items\":[],\"wrapped\":[]}"},
        {"{\"items\":null,\"wrapped\":null}", "{\"items\":[],\"wrapped\":[]}"},
        {"{\"items\":[],\"wrapped\":{\"one\":[]}}", "{\"items\":[],\"wrapped\":[]}"},
        {"{\"items\":[],\"wrapped\":{\"one\":null}}", "{\"items\":[],\"wrapped\":[]}"},
        {"{\"items\":[],\"wrapped\":{}}", "{\"items\":[],\"wrapped\":[]}"},
        /* leaves take the row's type where their text allows it */
        {"{\"flag\":\"true\"}", "{\"flag\":true,\"items\":[],\"wrapped\":[]}"},
        {"{\"flag\":\"false\"}", "{\"flag\":false,\"items\":[],\"wrapped\":[]}"},
        {"{\"flag\":true}", "{\"flag\":true,\"items\":[],\"wrapped\":[]}"},
        {"{\"flag\":\"enabled\"}", "{\"flag\":\"enabled\",\"items\":[],\"wrapped\":[]}"},
        {"{\"flag\":\"TRUE\"}", "{\"flag\":\"TRUE\",\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":\"5\"}", "{\"count\":5,\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":\"-5\"}", "{\"count\":-5,\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":5}", "{\"count\":5,\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":\"\"}", "{\"count\":\"\",\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":\"-\"}", "{\"count\":\"-\",\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":\"5 min\"}", "{\"count\":\"5 min\",\"items\":[],\"wrapped\":[]}"},
        {"{\"count\":\"9999999999999999\"}", "{\"count\":\"9999999999999999\",\"items\":[],\"wrapped\":[]}"},
        {"{\"text\":5}", "{\"text\":\"5\",\"items\":[],\"wrapped\":[]}"},
        {"{\"text\":true}", "{\"text\":\"true\",\"items\":[],\"wrapped\":[]}"},
        {"{\"text\":null}", "{\"text\":null,\"items\":[],\"wrapped\":[]}"},
        {"{\"inner\":{\"deep\":\"7\"}}", "{\"inner\":{\"deep\":7},\"items\":[],\"wrapped\":[]}"},
        {"{\"inner\":null}", "{\"inner\":null,\"items\":[],\"wrapped\":[]}"},
        {"{\"strict\":[\"a\",7]}", "{\"strict\":[\"a\",\"7\"],\"items\":[],\"wrapped\":[]}"},
        /* a text in its one form; nothing is made of one that is not there */
        {"{\"tagged\":\"x:y\"}", "{\"tagged\":\"y\",\"items\":[],\"wrapped\":[]}"},
        {"{\"tagged\":\"y\"}", "{\"tagged\":\"y\",\"items\":[],\"wrapped\":[]}"},
        {"{\"tagged\":null}", "{\"tagged\":null,\"items\":[],\"wrapped\":[]}"},
        {"{\"kept\":[\"k\"]}", "{\"kept\":[\"k\"],\"items\":[],\"wrapped\":[]}"},
        /* what no row knows stays as it came */
        {"{\"new\":{\"x\":[\"true\",null,1.5]},\"items\":[{\"name\":\"a\",\"new\":\"5\"}]}",
         "{\"new\":{\"x\":[\"true\",null,1.5]},\"items\":[{\"name\":\"a\",\"new\":\"5\"}],\"wrapped\":[]}"},
        {"{\"items\":[{\"name\":\"a\",\"on\":\"true\",\"sid\":null}],\"wrapped\":{\"one\":[{\"a\":\"1\"}]}}",
         "{\"items\":[{\"name\":\"a\",\"on\":true,\"sid\":null}],\"wrapped\":[{\"a\":\"1\"}]}"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        assert_string_equal(bench_print(b, bench_live(b, &root, table[i].live)), table[i].ours);
}

static void test_misshapen(void **state)
{
    static const struct {
        const char *live, *why;
    } table[] = {
        {"[]", "'root' is a list where an object is documented"},
        {"\"x\"", "'root' is a text where an object is documented"},
        {"{\"text\":[]}", "'text' is a list where a text is documented"},
        {"{\"tagged\":\" \"}", "'tagged' is blank"},
        {"{\"text\":{}}", "'text' is a map where a text is documented"},
        {"{\"flag\":[true]}", "'flag' is a list where a truth value is documented"},
        {"{\"count\":{}}", "'count' is a map where a number is documented"},
        {"{\"items\":{}}", "'items' is a map where a list is documented"},
        {"{\"items\":\"\"}", "'items' is a text where a list is documented"},
        {"{\"items\":[\"x\"]}", "'an item' is a text where an object is documented"},
        {"{\"items\":[[]]}", "'an item' is a list where an object is documented"},
        {"{\"items\":[{\"on\":true}]}", "item 1 of 'items' has no name"},
        {"{\"items\":[{\"name\":\"a\"},{\"name\":null}]}", "item 2 of 'items' has no name"},
        {"{\"items\":[null]}", "item 1 of 'items' has no name"},
        {"{\"items\":[{\"name\":[]}]}", "'name' is a list where a text is documented"},
        {"{\"wrapped\":[]}", "'wrapped' is not an object that holds just 'one'"},
        {"{\"wrapped\":\"x\"}", "'wrapped' is not an object that holds just 'one'"},
        {"{\"wrapped\":{\"two\":[]}}", "'wrapped' is not an object that holds just 'one'"},
        {"{\"wrapped\":{\"one\":[],\"two\":[]}}", "'wrapped' is not an object that holds just 'one'"},
        {"{\"wrapped\":{\"one\":{}}}", "'wrapped' is a map where a list is documented"},
        {"{\"wrapped\":{\"one\":[{\"z\":\"1\"}]}}", "item 1 of 'wrapped' has no name"},
        {"{\"inner\":[]}", "'inner' is a list where an object is documented"},
        {"{\"inner\":{\"deep\":[]}}", "'deep' is a list where a number is documented"},
        {"{\"strict\":null}", "'strict' is null where a list is documented"},
        {"{\"strict\":[null]}", "item 1 of 'strict' has no name"},
        {"{\"strict\":[\"a\",{}]}", "'a word' is a map where a text is documented"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf why = BUF_INIT(4096);

        if (field_adopt(&root, bench_json(b, table[i].live), &b->arena, &why) != -EBADMSG)
            fail_msg("accepted: %s", table[i].live);
        assert_contains(buf_text(&why), table[i].why);
        buf_done(&why);
    }
}

static void test_wire(void **state)
{
    static const struct {
        const char *ours, *as_text, *as_is;
    } table[] = {
        {"{\"text\":\"x\",\"flag\":true,\"count\":5}", "{\"text\":\"x\",\"flag\":\"true\",\"count\":\"5\"}",
         "{\"text\":\"x\",\"flag\":true,\"count\":5}"},
        {"{\"flag\":false,\"count\":-5}", "{\"flag\":\"false\",\"count\":\"-5\"}", "{\"flag\":false,\"count\":-5}"},
        {"{\"items\":[{\"name\":\"a\",\"on\":true}]}", "{\"items\":[{\"name\":\"a\",\"on\":\"true\"}]}",
         "{\"items\":[{\"name\":\"a\",\"on\":true}]}"},
        {"{\"wrapped\":[{\"a\":\"1\"}]}", "{\"wrapped\":{\"one\":[{\"a\":\"1\"}]}}",
         "{\"wrapped\":{\"one\":[{\"a\":\"1\"}]}}"},
        {"{\"wrapped\":[]}", "{\"wrapped\":{\"one\":[]}}", "{\"wrapped\":{\"one\":[]}}"},
        {"{\"inner\":{\"deep\":7}}", "{\"inner\":{\"deep\":\"7\"}}", "{\"inner\":{\"deep\":7}}"},
        {"{\"inner\":null,\"text\":null}", "{\"inner\":null,\"text\":null}", "{\"inner\":null,\"text\":null}"},
        /* what no row knows goes back as it came */
        {"{\"new\":{\"x\":[true,5]}}", "{\"new\":{\"x\":[true,5]}}", "{\"new\":{\"x\":[true,5]}}"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value *v = bench_json(b, table[i].ours), wire;

        assert_int_equal(field_wire(&root, v, true, &b->arena, &wire), 0);
        assert_string_equal(bench_print(b, &wire), table[i].as_text);
        assert_int_equal(field_wire(&root, v, false, &b->arena, &wire), 0);
        assert_string_equal(bench_print(b, &wire), table[i].as_is);
        /* The value itself stays as it is: it is shown and compared after it was sent. */
        assert_string_equal(bench_print(b, v), table[i].ours);
    }
}

static void test_export(void **state)
{
    static const struct {
        const char *ours, *document;
    } table[] = {
        {"{\"text\":\"x\",\"new\":1,\"items\":[{\"name\":\"a\",\"sid\":\"S-1\",\"new\":2}]}",
         "{\"text\":\"x\",\"items\":[{\"name\":\"a\"}]}"},
        {"{\"text\":null,\"inner\":null,\"items\":[]}", "{\"items\":[]}"},
        {"{\"password\":\"hunter2\",\"flag\":true}", "{\"flag\":true}"},
        {"{\"kept\":[\"k\"],\"tagged\":null,\"flag\":true}", "{\"flag\":true}"},
        {"{\"inner\":{\"deep\":7,\"new\":8},\"strict\":[\"a\"]}", "{\"inner\":{\"deep\":7},\"strict\":[\"a\"]}"},
        {"{\"inner\":{\"deep\":0}}", "{\"inner\":{}}"},
        {"{\"some\":[],\"strict\":[]}", "{\"strict\":[]}"},
        {"{\"some\":[\"a\",\"b\"]}", "{\"some\":[\"a\",\"b\"]}"},
        {"{\"some\":[\"a\",\"b\",\"c\"],\"flag\":true}", "{\"flag\":true}"},
        {"{\"inner\":{\"deep\":10}}", "{\"inner\":{}}"},
        {"{\"inner\":{\"deep\":\"never\"},\"flag\":\"perhaps\"}", "{\"inner\":{}}"},
        {"{\"wrapped\":[{\"a\":\"1\",\"new\":\"2\"}]}", "{\"wrapped\":[{\"a\":\"1\"}]}"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value *v = bench_json(b, table[i].ours), out;

        assert_int_equal(field_export(&root, v, &b->arena, &out), 0);
        assert_string_equal(bench_print(b, &out), table[i].document);
        assert_string_equal(bench_print(b, v), table[i].ours);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_adopted),
        BENCH_TEST(test_misshapen),
        BENCH_TEST(test_wire),
        BENCH_TEST(test_export),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
