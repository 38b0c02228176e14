/* SPDX-License-Identifier: Apache-2.0 */
/* What is, laid under what should be: each difference told once, the whole value to send, what is lost. */
#include <string.h>

#include "schema/merge.h"
#include "unit.h"

static int canon_lower(const struct value *v, struct buf *out)
{
    for (const char *p = v->text; *p; p++)
        buf_add_char(out, (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p));
    return 0;
}

static const struct field item_members[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_KEY},
    {.name = "group", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE, .same_as = "name"},
    {.name = "dn", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE, .canon = canon_lower},
    {.name = "sid", .type = FIELD_TEXT, .flags = FIELD_SERVER_FILLED},
    {0},
};
static const struct field an_item = {.name = "an item", .type = FIELD_RECORD, .members = item_members};
static const struct field a_word = {.name = "a word", .type = FIELD_TEXT};
static const struct field a_pair = {.name = "a pair", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_word};
static const struct field inner_members[] = {
    {.name = "must", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE},
    {.name = "may", .type = FIELD_TEXT},
    {0},
};
static int key_lower(const struct value *item, struct buf *out)
{
    return canon_lower(item, out);
}

static int key_id(const struct value *item, struct buf *out)
{
    buf_add_str(out, value_get_text(item, "id"));
    return 0;
}

static const struct field a_folded = {.name = "a folded", .type = FIELD_TEXT, .canon = canon_lower, .key = key_lower};
static const struct field bare_members[] = {
    {.name = "id", .type = FIELD_TEXT, .flags = FIELD_REQUIRED},
    {.name = "crl", .type = FIELD_TEXT, .flags = FIELD_ABSENT_EMPTY | FIELD_EMPTY_ON_CREATE},
    {.name = "keys", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_EMPTY_ON_CREATE, .members = &a_word},
    {.name = "sub", .type = FIELD_RECORD, .flags = FIELD_EMPTY_ON_CREATE, .members = inner_members},
    {0},
};
static const struct field a_bare = {.name = "a bare", .type = FIELD_RECORD, .members = bare_members, .key = key_id};
static const struct field side_members[] = {
    {.name = "names", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ABSENT_EMPTY, .members = &a_word}, {0}};
static const struct field either_members[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_KEY},
    {.name = "left", .type = FIELD_RECORD, .flags = FIELD_ALTERNATIVE, .members = side_members},
    {.name = "right", .type = FIELD_TEXT, .flags = FIELD_ALTERNATIVE},
    {.name = "off", .type = FIELD_BOOL, .flags = FIELD_ABSENT_EMPTY},
    {0},
};
static const struct field an_either = {.name = "an either", .type = FIELD_RECORD, .members = either_members};
static const struct field rows[] = {
    {.name = "either", .type = FIELD_RECORD, .members = either_members},
    {.name = "eithers", .type = FIELD_LIST, .order = ORDER_LIST, .members = &an_either},
    {.name = "folded", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_folded},
    {.name = "bare", .type = FIELD_RECORD, .members = bare_members},
    {.name = "bares", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_bare},
    {.name = "text", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE},
    {.name = "flag", .type = FIELD_BOOL},
    {.name = "items", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ABSENT_EMPTY, .members = &an_item},
    {.name = "set", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ON_CREATE, .members = &a_word},
    {.name = "ordered", .type = FIELD_LIST, .order = ORDER_LIST, .members = &a_word},
    {.name = "rules", .type = FIELD_LIST, .order = ORDER_LIST, .members = &an_item},
    {.name = "whole", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_pair},
    {.name = "inner", .type = FIELD_RECORD, .members = inner_members},
    {.name = "password", .type = FIELD_TEXT, .flags = FIELD_SECRET},
    {.name = "hidden", .type = FIELD_TEXT, .flags = FIELD_UNSEEN},
    {0},
};
static const struct field root = {.name = "root", .type = FIELD_RECORD, .members = rows};

static const char *print_value(struct bench *b, const struct value *v)
{
    return v->type == VALUE_NULL ? "-" : bench_print(b, v);
}

/* "op path before after" of all differences, then what was lost, each ended by ';'. */
static const char *print_told(struct bench *b, const struct merge *m)
{
    struct buf text = BUF_INIT(1 << 20);
    const char *copy;

    for (size_t i = 0; i < m->n_items; i++)
        buf_addf(&text, "%s %s %s %s;", item_op_to_string(m->items[i].op), m->items[i].path,
                 print_value(b, &m->items[i].before), print_value(b, &m->items[i].after));
    for (size_t i = 0; i < m->n_losses; i++)
        buf_addf(&text, "%s lost %zu of %zu, keeps %zu;", m->losses[i].path, m->losses[i].removed, m->losses[i].before,
                 m->losses[i].after);
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

struct row {
    const char *live, *desired; /* JSON and YAML */
    const char *after;          /* NULL: nothing differs */
    const char *told;
    const char *missing; /* NULL: nothing */
};

static void merge_row(struct bench *b, const struct row *r)
{
    struct value *live = r->live ? bench_json(b, r->live) : NULL, *desired = bench_desired(b, &root, r->desired), after;
    struct merge m = {.arena = &b->arena}, again = {.arena = &b->arena};
    bool differs = false, still = true;

    print_message("%s <- %s\n", r->live ? r->live : "nothing", r->desired);
    assert_int_equal(field_merge(&m, &root, live, desired, &after, &differs), 0);
    assert_string_equal(print_told(b, &m), r->told ? r->told : "");
    assert_int_equal(differs, r->after != NULL);
    assert_string_equal(bench_print(b, &after), r->after ? r->after : r->live);
    assert_string_equal(buf_text(&m.missing), r->missing ? r->missing : "");
    /* Neither side was touched, and what was merged is in sync. */
    if (live)
        assert_string_equal(bench_print(b, live), r->live);
    assert_int_equal(field_merge(&again, &root, &after, desired, &after, &still), 0);
    assert_false(still);
    assert_int_equal(again.n_items, 0);
    merge_done(&m);
    merge_done(&again);
}

static void merge_rows(struct bench *b, const struct row *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        merge_row(b, &table[i]);
}

static void test_fields(void **state)
{
    static const struct row table[] = {
        {"{\"text\":\"x\"}", "{}", NULL, NULL},
        {"{\"text\":\"x\"}", "text: x", NULL, NULL},
        {"{\"text\":\"x\",\"flag\":true}", "text: y", "{\"text\":\"y\",\"flag\":true}", "change text \"x\" \"y\";"},
        {"{\"flag\":true,\"new\":[1]}", "flag: false", "{\"flag\":false,\"new\":[1]}", "change flag true false;"},
        {"{\"flag\":\"odd\"}", "flag: true", "{\"flag\":true}", "change flag \"odd\" true;"},
        {"{\"new\":1}", "flag: false", "{\"new\":1,\"flag\":false}", "add flag - false;"},
        {"{\"text\":null}", "text: x", "{\"text\":\"x\"}", "add text - \"x\";"},
        {"{\"text\":\"x\"}", "text: \"\"", "{\"text\":\"\"}", "change text \"x\" \"\";"},
        {"{\"inner\":{\"must\":\"a\",\"may\":\"b\",\"new\":1}}", "inner: {may: c}",
         "{\"inner\":{\"must\":\"a\",\"may\":\"c\",\"new\":1}}", "change may \"b\" \"c\";"},
        {"{\"inner\":{\"must\":\"a\"}}", "inner: {}", NULL, NULL},
        {"{}", "inner: {may: c}", "{\"inner\":{\"may\":\"c\"}}", "add may - \"c\";", "must"},
        {"{\"inner\":null}", "inner: {must: c}", "{\"inner\":{\"must\":\"c\"}}", "add must - \"c\";"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

static void test_sets(void **state)
{
    static const struct row table[] = {
        /* order means nothing; the server's order stays, what is new goes to the end in the document's order */
        {"{\"set\":[\"b\",\"a\"]}", "set: [a, b]", NULL, NULL},
        {"{\"set\":[\"c\",\"a\"]}", "set: [z, a, b, c]", "{\"set\":[\"c\",\"a\",\"z\",\"b\"]}",
         "add z - \"z\";add b - \"b\";"},
        {"{\"set\":[\"c\",\"b\",\"a\"]}", "set: [a, c]", "{\"set\":[\"c\",\"a\"]}",
         "remove b \"b\" -;set lost 1 of 3, keeps 2;"},
        {"{\"set\":[\"a\",\"b\"]}", "set: []", "{\"set\":[]}",
         "remove a \"a\" -;remove b \"b\" -;set lost 2 of 2, keeps 0;"},
        {"{\"set\":[]}", "set: []", NULL, NULL},
        {"{\"set\":[\"A\"]}", "set: [a]", "{\"set\":[\"a\"]}",
         "remove A \"A\" -;add a - \"a\";set lost 1 of 1, keeps 1;"},
        /* a double in the server's list says nothing more and stays, unless its text goes */
        {"{\"set\":[\"a\",\"b\",\"a\"]}", "set: [b, a]", NULL, NULL},
        {"{\"set\":[\"a\",\"b\",\"a\"]}", "set: [a, b, c]", "{\"set\":[\"a\",\"b\",\"a\",\"c\"]}", "add c - \"c\";"},
        {"{\"set\":[\"a\",\"b\",\"a\"]}", "set: [b]", "{\"set\":[\"b\"]}",
         "remove a \"a\" -;remove a \"a\" -;set lost 2 of 3, keeps 1;"},
        /* a list that is not there has to be sent even where it is empty */
        {"{\"text\":\"x\"}", "set: []", "{\"text\":\"x\",\"set\":[]}", "add set - [];"},
        {"{}", "set: [a]", "{\"set\":[\"a\"]}", "add a - \"a\";"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

static void test_records(void **state)
{
    static const struct row table[] = {
        {"{\"items\":[{\"name\":\"a\",\"group\":\"g\",\"dn\":\"x\",\"sid\":\"S-1\",\"new\":1}]}", "items: [{name: a}]",
         NULL, NULL},
        /* fields not given, unknown members and what the server fills in keep their live value */
        {"{\"items\":[{\"name\":\"a\",\"group\":\"g\",\"dn\":\"x\",\"sid\":\"S-1\",\"new\":1}]}",
         "items: [{name: a, dn: y}]",
         "{\"items\":[{\"name\":\"a\",\"group\":\"g\",\"dn\":\"y\",\"sid\":\"S-1\",\"new\":1}]}",
         "change a {\"name\":\"a\",\"group\":\"g\",\"dn\":\"x\",\"sid\":\"S-1\",\"new\":1} "
         "{\"name\":\"a\",\"group\":\"g\",\"dn\":\"y\",\"sid\":\"S-1\",\"new\":1};"},
        /* the same by its canonical form; the live spelling stays */
        {"{\"items\":[{\"name\":\"a\",\"dn\":\"CN=X\"}]}", "items: [{name: a, dn: cn=x}]", NULL, NULL},
        /* a new item: complete, completed by same_as, or lacking */
        {"{\"items\":[]}", "items: [{name: a, dn: x}]", "{\"items\":[{\"name\":\"a\",\"dn\":\"x\",\"group\":\"a\"}]}",
         "add a - {\"name\":\"a\",\"dn\":\"x\",\"group\":\"a\"};"},
        {"{\"items\":[]}", "items: [{name: a, group: g, dn: x}]",
         "{\"items\":[{\"name\":\"a\",\"group\":\"g\",\"dn\":\"x\"}]}",
         "add a - {\"name\":\"a\",\"group\":\"g\",\"dn\":\"x\"};"},
        {"{\"items\":[]}", "items: [{name: a, group: g}, {name: b, dn: y}]",
         "{\"items\":[{\"name\":\"a\",\"group\":\"g\"},{\"name\":\"b\",\"dn\":\"y\",\"group\":\"b\"}]}",
         "add a - {\"name\":\"a\",\"group\":\"g\"};add b - {\"name\":\"b\",\"dn\":\"y\",\"group\":\"b\"};",
         "dn of 'a'"},
        /* all at once */
        {"{\"items\":[{\"name\":\"c\",\"dn\":\"1\"},{\"name\":\"a\",\"dn\":\"1\"},{\"name\":\"b\",\"dn\":\"1\"}]}",
         "items: [{name: a, dn: 2}, {name: d, group: d, dn: 1}, {name: c}]",
         "{\"items\":[{\"name\":\"c\",\"dn\":\"1\"},{\"name\":\"a\",\"dn\":\"2\"},"
         "{\"name\":\"d\",\"group\":\"d\",\"dn\":\"1\"}]}",
         "remove b {\"name\":\"b\",\"dn\":\"1\"} -;"
         "change a {\"name\":\"a\",\"dn\":\"1\"} {\"name\":\"a\",\"dn\":\"2\"};"
         "add d - {\"name\":\"d\",\"group\":\"d\",\"dn\":\"1\"};items lost 1 of 3, keeps 3;"},
        /* a second record of one key goes, and is told and counted */
        {"{\"items\":[{\"name\":\"a\",\"dn\":\"1\"},{\"name\":\"a\",\"dn\":\"2\"}]}", "items: [{name: a}]",
         "{\"items\":[{\"name\":\"a\",\"dn\":\"1\"}]}",
         "remove a {\"name\":\"a\",\"dn\":\"2\"} -;items lost 1 of 2, keeps 1;"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

static void test_ordered(void **state)
{
    static const struct row table[] = {
        {"{\"ordered\":[\"a\",\"b\"]}", "ordered: [a, b]", NULL, NULL},
        /* as few moves as there can be */
        {"{\"ordered\":[\"a\",\"b\",\"c\",\"d\"]}", "ordered: [d, a, b, c]", "{\"ordered\":[\"d\",\"a\",\"b\",\"c\"]}",
         "move d 4 1;"},
        {"{\"ordered\":[\"a\",\"b\",\"c\",\"d\"]}", "ordered: [b, c, d, a]", "{\"ordered\":[\"b\",\"c\",\"d\",\"a\"]}",
         "move a 1 4;"},
        {"{\"ordered\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "ordered: [a, d, b, c, e]",
         "{\"ordered\":[\"a\",\"d\",\"b\",\"c\",\"e\"]}", "move d 4 2;"},
        /* what is added or removed moves nobody */
        {"{\"ordered\":[\"a\",\"b\"]}", "ordered: [x, a, b]", "{\"ordered\":[\"x\",\"a\",\"b\"]}", "add x - \"x\";"},
        {"{\"ordered\":[\"a\",\"b\",\"c\"]}", "ordered: [a, c]", "{\"ordered\":[\"a\",\"c\"]}",
         "remove b \"b\" -;ordered lost 1 of 3, keeps 2;"},
        {"{\"ordered\":[\"a\",\"b\",\"a\"]}", "ordered: [a, b]", "{\"ordered\":[\"a\",\"b\"]}",
         "remove a \"a\" -;ordered lost 1 of 3, keeps 2;"},
        {"{\"rules\":[{\"name\":\"p\",\"dn\":\"1\"},{\"name\":\"q\",\"dn\":\"1\",\"new\":7}]}",
         "rules: [{name: q}, {name: p, dn: 2}]",
         "{\"rules\":[{\"name\":\"q\",\"dn\":\"1\",\"new\":7},{\"name\":\"p\",\"dn\":\"2\"}]}",
         "change p {\"name\":\"p\",\"dn\":\"1\"} {\"name\":\"p\",\"dn\":\"2\"};move q 2 1;"},
        {"{}", "ordered: [b, a]", "{\"ordered\":[\"b\",\"a\"]}", "add b - \"b\";add a - \"a\";"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

/* Reversing N items keeps one of them in place: every other must move, and no more than that. */
static void test_moves_are_minimal(void **state)
{
    struct bench *b = *state;
    struct value live, desired, after;
    struct merge m = {.arena = &b->arena};
    bool differs;

    assert_int_equal(value_new_list(&b->arena, 100, &live), 0);
    assert_int_equal(value_new_list(&b->arena, 100, &desired), 0);
    for (int i = 0; i < 100; i++) {
        live.items[i] = value_text(arena_printf(&b->arena, "i%d", i));
        desired.items[99 - i] = live.items[i];
    }
    assert_int_equal(field_merge(&m, field_member(&root, "ordered"), &live, &desired, &after, &differs), 0);
    assert_true(differs && value_equal(&after, &desired));
    assert_int_equal(m.n_items, 99);
    merge_done(&m);
}

static void test_whole(void **state)
{
    static const struct row table[] = {
        {"{\"whole\":[[\"a\",\"b\"]]}", "whole: [[a, b]]", NULL, NULL},
        {"{\"whole\":[[\"a\",\"b\"],[\"c\",\"d\"]]}", "whole: [[c, d], [a, b]]",
         "{\"whole\":[[\"c\",\"d\"],[\"a\",\"b\"]]}",
         "change whole [[\"a\",\"b\"],[\"c\",\"d\"]] [[\"c\",\"d\"],[\"a\",\"b\"]];"},
        {"{\"whole\":[[\"a\",\"b\"]]}", "whole: []", "{\"whole\":[]}",
         "change whole [[\"a\",\"b\"]] [];whole lost 1 of 1, keeps 0;"},
        {"{}", "whole: [[a, b]]", "{\"whole\":[[\"a\",\"b\"]]}", "add whole - [[\"a\",\"b\"]];"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

static void test_new_objects(void **state)
{
    static const struct row table[] = {
        {NULL, "{text: x, set: [a]}", "{\"text\":\"x\",\"set\":[\"a\"]}", "add text - \"x\";add a - \"a\";"},
        {NULL, "{text: x}", "{\"text\":\"x\"}", "add text - \"x\";", "set"},
        {NULL, "{}", "{}", "", "text, set"},
        {NULL, "{text: x, set: [], inner: {may: y}}", "{\"text\":\"x\",\"set\":[],\"inner\":{\"may\":\"y\"}}",
         "add text - \"x\";add set - [];add may - \"y\";", "must"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

/* What nobody can see cannot differ, and is sent along with what does. */
static void test_unseen(void **state)
{
    static const struct row table[] = {
        {"{\"text\":\"x\"}", "{text: x, hidden: h}", NULL, NULL},
        {"{\"text\":\"x\"}", "{text: y, hidden: h}", "{\"text\":\"y\",\"hidden\":\"h\"}", "change text \"x\" \"y\";"},
        {NULL, "{text: x, set: [], hidden: h}", "{\"text\":\"x\",\"set\":[],\"hidden\":\"h\"}",
         "add text - \"x\";add set - [];add hidden - \"h\";"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

/* Two spellings of one key are one item, whatever the kind of the item. */
static void test_texts_with_keys(void **state)
{
    static const struct row table[] = {
        {"{\"folded\":[\"B\",\"a\"]}", "folded: [A, b]", NULL, NULL},
        {"{\"folded\":[\"B\",\"a\"]}", "folded: [A]", "{\"folded\":[\"a\"]}",
         "remove b \"B\" -;folded lost 1 of 2, keeps 1;"},
        {"{\"folded\":[\"B\"]}", "folded: [b, C]", "{\"folded\":[\"B\",\"C\"]}", "add c - \"C\";"},
        {"{\"folded\":[\"B\",\"b\"]}", "folded: [b]", NULL, NULL},
        {"{\"folded\":[\"B\",\"b\"]}", "folded: [b, c]", "{\"folded\":[\"B\",\"b\",\"c\"]}", "add c - \"c\";"},
        {"{\"folded\":[\"B\",\"b\"]}", "folded: []", "{\"folded\":[]}",
         "remove b \"B\" -;remove b \"b\" -;folded lost 2 of 2, keeps 0;"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

static void test_empty(void **state)
{
    static const struct row table[] = {
        /* what is new is completed, all the way down; what nobody completes is missing */
        {"{}", "bare: {id: x}", "{\"bare\":{\"id\":\"x\",\"crl\":\"\",\"keys\":[],\"sub\":{}}}",
         "add id - \"x\";add keys - [];", "must"},
        {"{}", "bare: {id: x, crl: u, keys: [k], sub: {must: m}}",
         "{\"bare\":{\"id\":\"x\",\"crl\":\"u\",\"keys\":[\"k\"],\"sub\":{\"must\":\"m\"}}}",
         "add id - \"x\";add crl - \"u\";add k - \"k\";add must - \"m\";"},
        /* what is there is not */
        {"{\"bare\":{\"id\":\"x\"}}", "bare: {id: y}", "{\"bare\":{\"id\":\"y\"}}", "change id \"x\" \"y\";"},
        /* null, absent and empty are one, and stay as they came */
        {"{\"bare\":{\"id\":\"x\",\"crl\":null}}", "bare: {id: x, crl: \"\"}", NULL, NULL},
        {"{\"bare\":{\"id\":\"x\",\"crl\":null}}", "bare: {id: y, crl: \"\"}", "{\"bare\":{\"id\":\"y\",\"crl\":null}}",
         "change id \"x\" \"y\";"},
        {"{\"bare\":{\"id\":\"x\"}}", "bare: {id: x, crl: \"\"}", NULL, NULL},
        {"{\"bare\":{\"id\":\"x\",\"crl\":null}}", "bare: {id: x, crl: u}", "{\"bare\":{\"id\":\"x\",\"crl\":\"u\"}}",
         "add crl - \"u\";"},
        {"{\"bare\":{\"id\":\"x\",\"crl\":\"u\"}}", "bare: {id: x, crl: \"\"}",
         "{\"bare\":{\"id\":\"x\",\"crl\":\"\"}}", "change crl \"u\" \"\";"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

/* Of members that stand for each other the given ones stay; what Convergate does not know stays, too. */
static void test_alternatives(void **state)
{
    static const struct row table[] = {
        {"{\"either\":{\"name\":\"a\",\"left\":{\"names\":[\"x\"]},\"new\":1}}", "either: {name: a, right: y}",
         "{\"either\":{\"name\":\"a\",\"new\":1,\"right\":\"y\"}}",
         "add right - \"y\";remove left {\"names\":[\"x\"]} -;names lost 1 of 1, keeps 0;"},
        {"{\"either\":{\"name\":\"a\",\"right\":\"y\"}}", "either: {name: a, left: {names: [x]}}",
         "{\"either\":{\"name\":\"a\",\"left\":{\"names\":[\"x\"]}}}", "add x - \"x\";remove right \"y\" -;"},
        {"{\"either\":{\"name\":\"a\",\"right\":\"y\"}}", "either: {name: a}", NULL, NULL},
        {"{\"either\":{\"left\":{\"names\":[\"x\"]},\"right\":\"y\"}}", "either: {name: a, right: y}",
         "{\"either\":{\"right\":\"y\",\"name\":\"a\"}}",
         "add name - \"a\";remove left {\"names\":[\"x\"]} -;names lost 1 of 1, keeps 0;"},
        {"{\"either\":{\"name\":\"a\",\"left\":{\"names\":[\"x\"]},\"right\":\"y\"}}",
         "either: {name: a, left: {names: [x]}, right: y}", NULL, NULL},
        /* an appliance that shows all of them, empty but for one, differs in nothing */
        {"{\"either\":{\"name\":\"a\",\"left\":{\"names\":[]},\"right\":\"y\"}}", "either: {name: a, right: y}", NULL,
         NULL},
        {"{\"either\":{\"name\":\"a\",\"left\":null,\"right\":\"y\"}}", "either: {name: a, right: y}", NULL, NULL},
        /* a new one needs one */
        {"{\"eithers\":[]}", "eithers: [{name: a, off: true}]", "{\"eithers\":[{\"name\":\"a\",\"off\":true}]}",
         "add a - {\"name\":\"a\",\"off\":true};", "left or right of 'a'"},
        {"{\"eithers\":[]}", "eithers: [{name: a, right: y}]", "{\"eithers\":[{\"name\":\"a\",\"right\":\"y\"}]}",
         "add a - {\"name\":\"a\",\"right\":\"y\"};"},
        /* an item is told whole */
        {"{\"eithers\":[{\"name\":\"a\",\"right\":\"y\"}]}", "eithers: [{name: a, left: {names: [x]}}]",
         "{\"eithers\":[{\"name\":\"a\",\"left\":{\"names\":[\"x\"]}}]}",
         "change a {\"name\":\"a\",\"right\":\"y\"} {\"name\":\"a\",\"left\":{\"names\":[\"x\"]}};"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

static void test_absent_is_false(void **state)
{
    static const struct row table[] = {
        {"{\"either\":{\"name\":\"a\"}}", "either: {off: false, name: a}", NULL, NULL},
        {"{\"either\":{\"name\":\"a\",\"off\":null}}", "either: {off: false, name: a}", NULL, NULL},
        {"{\"either\":{\"name\":\"a\"}}", "either: {off: true, name: a}", "{\"either\":{\"name\":\"a\",\"off\":true}}",
         "add off - true;"},
        {"{\"either\":{\"name\":\"a\",\"off\":true}}", "either: {off: false, name: a}",
         "{\"either\":{\"name\":\"a\",\"off\":false}}", "change off true false;"},
        {"{\"either\":{\"name\":\"a\",\"off\":\"odd\"}}", "either: {off: false, name: a}",
         "{\"either\":{\"name\":\"a\",\"off\":false}}", "change off \"odd\" false;"},
        /* what is new is sent whole */
        {"{\"eithers\":[]}", "eithers: [{name: a, right: y, off: false}]",
         "{\"eithers\":[{\"name\":\"a\",\"right\":\"y\",\"off\":false}]}",
         "add a - {\"name\":\"a\",\"right\":\"y\",\"off\":false};"},
    };

    merge_rows(*state, table, ARRAY_SIZE(table));
}

/* A version that does not know a member shows it by what is there: what is new goes without it, too. */
static void test_like(void **state)
{
    static const struct {
        const char *like, *live, *desired, *after;
    } table[] = {
        {NULL, NULL, "bare: {id: x, sub: {must: m}}",
         "{\"bare\":{\"id\":\"x\",\"sub\":{\"must\":\"m\"},\"crl\":\"\",\"keys\":[]}}"},
        {"{\"bare\":{\"id\":\"y\",\"crl\":null}}", NULL, "bare: {id: x}", "{\"bare\":{\"id\":\"x\",\"crl\":\"\"}}"},
        {"{\"bare\":{\"id\":\"y\",\"keys\":[]}}", "{}", "bare: {id: x}", "{\"bare\":{\"id\":\"x\",\"keys\":[]}}"},
        /* what is given is sent all the same */
        {"{\"bare\":{\"id\":\"y\"}}", NULL, "bare: {id: x, crl: u}", "{\"bare\":{\"id\":\"x\",\"crl\":\"u\"}}"},
        /* an item of a list is like those beside it, or like those of another list */
        {NULL, "{\"bares\":[{\"id\":\"y\",\"keys\":[]}]}", "bares: [{id: x}, {id: y}]",
         "{\"bares\":[{\"id\":\"y\",\"keys\":[]},{\"id\":\"x\",\"keys\":[]}]}"},
        {"{\"bares\":[{\"id\":\"y\",\"crl\":\"u\"}]}", NULL, "bares: [{id: x}]",
         "{\"bares\":[{\"id\":\"x\",\"crl\":\"\"}]}"},
        {"{\"bares\":[{\"id\":\"y\",\"crl\":\"u\"}]}", "{\"bares\":[]}", "bares: [{id: x}]",
         "{\"bares\":[{\"id\":\"x\",\"crl\":\"\"}]}"},
        {"{\"bares\":[]}", NULL, "bares: [{id: x, sub: {must: m}}]",
         "{\"bares\":[{\"id\":\"x\",\"sub\":{\"must\":\"m\"},\"crl\":\"\",\"keys\":[]}]}"},
        {"{\"bares\":null}", NULL, "bares: [{id: x, sub: {must: m}}]",
         "{\"bares\":[{\"id\":\"x\",\"sub\":{\"must\":\"m\"},\"crl\":\"\",\"keys\":[]}]}"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value *like = table[i].like ? bench_json(b, table[i].like) : NULL;
        struct value *live = table[i].live ? bench_json(b, table[i].live) : NULL, after;
        struct merge m = {.arena = &b->arena, .like = like};
        bool differs;

        assert_int_equal(field_merge(&m, &root, live, bench_desired(b, &root, table[i].desired), &after, &differs), 0);
        assert_true(differs);
        assert_string_equal(bench_print(b, &after), table[i].after);
        assert_ptr_equal(m.like, like);
        merge_done(&m);
    }
}

static void test_secrets_are_marked(void **state)
{
    struct bench *b = *state;
    struct merge m = {.arena = &b->arena};
    struct value after;
    bool differs;

    assert_int_equal(field_merge(&m, &root, bench_json(b, "{\"text\":\"a\",\"password\":\"p\"}"),
                                 bench_desired(b, &root, "{text: b, password: q}"), &after, &differs),
                     0);
    assert_int_equal(m.n_items, 2);
    assert_false(m.items[0].secret);
    assert_true(m.items[1].secret);
    merge_done(&m);
}

static void test_tell_removed(void **state)
{
    struct bench *b = *state;
    struct merge m = {.arena = &b->arena};

    assert_int_equal(field_tell_removed(&m, &root,
                                        bench_json(b, "{\"text\":\"x\",\"flag\":null,\"set\":[\"a\",\"b\"],"
                                                      "\"whole\":[[\"c\"]],\"new\":1}")),
                     0);
    assert_string_equal(print_told(b, &m),
                        "remove text \"x\" -;remove a \"a\" -;remove b \"b\" -;remove whole [[\"c\"]] -;"
                        "set lost 2 of 2, keeps 0;");
    merge_done(&m);
}

static void test_grow(void **state)
{
    static const struct {
        const char *field, *live, *after, *grown;
    } table[] = {
        {"set", "[\"a\",\"b\",\"c\"]", "[\"b\",\"d\"]", "[\"b\",\"d\",\"a\",\"c\"]"},
        {"set", "[\"a\",\"a\"]", "[]", "[\"a\",\"a\"]"},
        {"set", "[]", "[\"d\"]", "[\"d\"]"},
        {"set", "null", "[\"d\"]", "[\"d\"]"},
        {"items", "[{\"name\":\"a\",\"dn\":\"1\"},{\"name\":\"b\"}]", "[{\"name\":\"a\",\"dn\":\"2\"}]",
         "[{\"name\":\"a\",\"dn\":\"2\"},{\"name\":\"b\"}]"},
        {"ordered", "[\"a\",\"b\"]", "[\"b\"]", "[\"b\"]"},
        {"text", "\"a\"", "\"b\"", "\"b\""},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value grown;

        assert_int_equal(field_grow(&b->arena, field_member(&root, table[i].field), bench_json(b, table[i].live),
                                    bench_json(b, table[i].after), &grown),
                         0);
        assert_string_equal(bench_print(b, &grown), table[i].grown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_fields),
        BENCH_TEST(test_sets),
        BENCH_TEST(test_records),
        BENCH_TEST(test_ordered),
        BENCH_TEST(test_moves_are_minimal),
        BENCH_TEST(test_whole),
        BENCH_TEST(test_new_objects),
        BENCH_TEST(test_unseen),
        BENCH_TEST(test_texts_with_keys),
        BENCH_TEST(test_empty),
        BENCH_TEST(test_alternatives),
        BENCH_TEST(test_absent_is_false),
        BENCH_TEST(test_like),
        BENCH_TEST(test_secrets_are_marked),
        BENCH_TEST(test_tell_removed),
        BENCH_TEST(test_grow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
