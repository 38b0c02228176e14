/* SPDX-License-Identifier: Apache-2.0 */
/* Small texts: pins, names in paths, durations, addresses, names of directories, times, escaping. */
#include <ctype.h>

#include "base/text.h"
#include "base/time-util.h"
#include "fuzz.h"
#include "http/http.h"
#include "provider/ics/ics.h"
#include "provider/sps/sps.h"

/* The segment holds no separator and decodes to the name. */
static void check_segment(const char *text)
{
    char *segment = http_encode_segment(text), *decoded = strdup(segment ? segment : ""), *out = decoded;

    if (!segment || !decoded)
        abort();
    PROMISE(strspn(segment, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~.%") == strlen(segment));
    PROMISE(segment[0] != '.');
    for (const char *p = segment; *p; p++) {
        if (*p != '%') {
            *out++ = *p;
            continue;
        }
        PROMISE(isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]));
        *out++ = (char)strtol((char[]){p[1], p[2], '\0'}, NULL, 16);
        p += 2;
    }
    *out = '\0';
    PROMISE(strcmp(decoded, text) == 0);
    free(segment);
    free(decoded);
}

static void check_escaping(const char *text, size_t len)
{
    struct buf out = BUF_INIT(1 << 20);

    buf_add_escaped(&out, text, len);
    for (size_t i = 0; i < out.len; i++) {
        unsigned char c = (unsigned char)out.data[i];

        PROMISE(c >= 0x20 && c != 0x7f);
        PROMISE(c != 0xc2 || i + 1 == out.len || (unsigned char)out.data[i + 1] >= 0xa0 ||
                (unsigned char)out.data[i + 1] < 0x80);
    }
    buf_done(&out);
}

/* A canonical form is its own canonical form. */
static void check_canon(int (*canon)(const struct value *v, struct buf *out), const char *text)
{
    struct buf once = BUF_INIT(1 << 20), twice = BUF_INIT(1 << 20);
    struct value v = value_text(text);

    if (canon(&v, &once) == 0) {
        v = value_text_n(buf_text(&once), once.len);
        PROMISE(canon(&v, &twice) == 0);
        PROMISE(strcmp(buf_text(&once), buf_text(&twice)) == 0);
    }
    buf_done(&once);
    buf_done(&twice);
}

/* An address that is good makes a rule whose address and mask are good. */
static void check_rule(const char *text)
{
    struct arena a = {0};
    struct value v = value_text(text), rule, *address, *netmask;
    struct buf key = BUF_INIT(1 << 12);
    const char *why = NULL;

    if (!ics_check_address(&v)) {
        MUST(value_new_map(&a, 1, &rule));
        value_set_pair(&rule, 0, "address", v);
        if (ics_prepare_rule(&a, &rule, &why) == 0) {
            address = value_get(&rule, "address");
            netmask = value_get(&rule, "netmask");
            PROMISE(!ics_check_address(address) && !strchr(address->text, '/'));
            PROMISE(netmask ? !ics_check_netmask(netmask) : strcmp(text, "*") == 0);
            PROMISE(ics_rule_key(&rule, &key) == 0 && key.len > 0);
        } else {
            PROMISE(why && !strchr(text, '/'));
        }
    }
    buf_done(&key);
    arena_done(&a);
}

static void check_day(const char *text)
{
    struct value times[2] = {value_text(text), value_text("23:59")};
    struct value interval = {.type = VALUE_LIST, .count = 2, .items = times};
    struct value day = {.type = VALUE_LIST, .count = 1, .items = &interval};
    struct buf out = BUF_INIT(1 << 12);

    /* What passes the check has a canonical form. */
    if (!sps_check_day(&day))
        PROMISE(sps_canon_day(&day, &out) == 0 && out.len > 0 && strlen(text) <= 5);
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const words[] = {"source-ip", "ad-groups", "userlists", "Mon"};
    char *text = strndup((const char *)data, size);
    uint64_t usec;

    if (!text)
        return 0;
    check_escaping((const char *)data, size);
    check_segment(text);
    if (http_is_pin(text))
        PROMISE(strlen(text) % 53 == 52 && strncmp(text, "sha256//", 8) == 0);
    if (parse_duration(text, &usec) == 0)
        PROMISE(usec <= 366 * 24 * 3600 * USEC_PER_SEC && strlen(text) <= 11);
    if (is_plain_name(text))
        PROMISE(strlen(text) <= 64 && !strchr(text, '/') && text[0] != '.');
    nearest_word(text, words, ARRAY_SIZE(words));
    check_canon(ics_canon_address, text);
    check_canon(ics_canon_dn, text);
    check_rule(text);
    check_day(text);
    free(text);
    return 0;
}
