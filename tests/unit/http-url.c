/* SPDX-License-Identifier: Apache-2.0 */
/* Pins and names in paths. */
#include "http/http.h"
#include "unit.h"

#define A43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PIN "sha256//" A43 "="

static void test_pins(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        {PIN, true},
        {"sha256//abcdefghijklmnopqrstuvwxyz0123456789+/ABCDE=", true},
        {PIN ";" PIN, true},
        {PIN ";" PIN ";" PIN, true},
        {"", false},
        {"sha256//", false},
        {A43 "=", false},
        {"sha1//" A43 "=", false},
        {"SHA256//" A43 "=", false},
        {"sha256/" A43 "=", false},
        {"sha256//" A43, false},
        {"sha256//" A43 "A", false},
        {"sha256//" A43 "A=", false},
        {"sha256//" A43 "==", false},
        {"sha256//AAAA=", false},
        {"sha256//-_"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
         false},
        {PIN ";", false},
        {";" PIN, false},
        {PIN " ", false},
        {" " PIN, false},
        {PIN "; " PIN, false},
        {PIN "," PIN, false},
        {PIN "\n", false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (http_is_pin(table[i].text) != table[i].good)
            fail_msg("'%s' should be %s", table[i].text, table[i].good ? "a pin" : "refused");
}

/* The guide's table, and what the guide does with ".Administrators". */
static void test_segments(void **state)
{
    static const struct {
        const char *name, *segment;
    } table[] = {
        {"Users", "Users"},
        {"AZaz09-_", "AZaz09-_"},
        {" ", "%20"},
        {"#", "%23"},
        {"$", "%24"},
        {"%", "%25"},
        {"&", "%26"},
        {"*", "%2A"},
        {"/", "%2F"},
        {"@", "%40"},
        {"\\", "%5C"},
        {".Administrators", "%2EAdministrators"},
        {"a.b", "a.b"},
        {"Admin Users", "Admin%20Users"},
        {"a/../b", "a%2F..%2Fb"},
        {"?x=1;y#z", "%3Fx%3D1%3By%23z"},
        {"%2F", "%252F"},
        {"\"<>{}|^`", "%22%3C%3E%7B%7D%7C%5E%60"},
        {"a+b", "a%2Bb"},
        {"\r\nHost: x", "%0D%0AHost%3A%20x"},
        {"VPN\xef\xbc\x88PC\xef\xbc\x89", "VPN%EF%BC%88PC%EF%BC%89"},
        {"\xff\x7f", "%FF%7F"},
        {"", ""},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        _cleanup_free_ char *segment = http_encode_segment(table[i].name);

        assert_non_null(segment);
        assert_string_equal(segment, table[i].segment);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pins),
        cmocka_unit_test(test_segments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
