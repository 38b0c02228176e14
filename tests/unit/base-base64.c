/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 in pieces of any size; what is not quite base64. */
#include "base/base64.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

/* Decodes in pieces of N characters into RET, which holds 64 bytes. */
static int decode(const char *text, size_t n, char *ret)
{
    struct base64_reader r = {0};
    size_t done = 0;

    for (size_t i = 0, len = strlen(text); i < len; i += n) {
        unsigned char piece[64];
        size_t got = 0;

        if (base64_read(&r, text + i, MIN(n, len - i), piece, &got) < 0)
            return -EBADMSG;
        assert_true(got <= BASE64_DECODED(n));
        memcpy(ret + done, piece, got);
        done += got;
    }
    ret[done] = '\0';
    return base64_end(&r);
}

static void test_good(void **state)
{
    /* RFC 4648, section 10; then all values, and lines as an appliance breaks them. */
    static const struct {
        const char *text, *decoded;
    } table[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
        {"Zm9v\nYmFy\n", "foobar"},
        {"Zm9v\r\nYm\r\nFy\r\n", "foobar"},
        {"Z\ng\n=\n=\n", "f"},
        {"fn5+Pz8/", "~~~???"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        for (size_t n = 1; n <= 8; n++) {
            char decoded[64];

            assert_int_equal(decode(table[i].text, n, decoded), 0);
            assert_string_equal(decoded, table[i].decoded);
        }
}

static void test_bad(void **state)
{
    static const char *const table[] = {"Z",
                                        "Zg",
                                        "Zg=",
                                        "Zm9vY",
                                        "Zm 9v",
                                        "Zm9v ",
                                        "Zm9-",
                                        "Zm9_",
                                        "Zm9v.",
                                        "=",
                                        "====",
                                        "Z===",
                                        "Zg==Zg==",
                                        "Zg=a",
                                        "Zm8=Zm9v",
                                        "Zg==\n=",
                                        "Zh==",
                                        "Zm9=",
                                        "{\"result\": {}}",
                                        "<html>",
                                        "Zm9\xc3\xa4",
                                        "Zm\t9v"};

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        for (size_t n = 1; n <= 8; n++) {
            char decoded[64];

            if (decode(table[i], n, decoded) != -EBADMSG)
                fail_msg("'%s' passed in pieces of %zu", table[i], n);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
