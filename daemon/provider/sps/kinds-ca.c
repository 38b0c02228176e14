/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of trusted certificate authorities (guide: trusted_ca_lists). */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/sps/certificate.h"
#include "provider/sps/sps.h"

static int authority_key(const struct value *item, struct buf *out)
{
    const char *pem = value_get_text(item, "certificate");

    return pem ? certificate_name(pem, out) : -EINVAL;
}

static const char *check_crl(const struct value *v)
{
    return v->text[strcspn(v->text, " \t\r\n")] == '\0' ? NULL : "must be a URL without blanks, or \"\" for none";
}

/* Certificates have one form only: the order of their texts is theirs. */
static int compare_certificates(const void *a, const void *b)
{
    const struct value *x = *(const struct value *const *)a, *y = *(const struct value *const *)b;

    return strcmp(value_get_text(x, "certificate"), value_get_text(y, "certificate"));
}

/* Ended by NULL; NULL when memory is out. */
static const struct value **sort_authorities(const struct value *list)
{
    uint32_t n = value_is(list, VALUE_LIST) ? list->count : 0;
    const struct value **sorted = calloc((size_t)n + 1, sizeof(struct value *));

    for (uint32_t i = 0; sorted && i < n; i++)
        sorted[i] = &list->items[i];
    if (sorted && n > 1)
        qsort(sorted, n, sizeof(struct value *), compare_certificates);
    return sorted;
}

/* An authority that stays while its revocation list goes; NULL for none. */
static const struct value *find_lost_crl(const struct value *live, const struct value *after)
{
    _cleanup_free_ const struct value **was = sort_authorities(live), **is = sort_authorities(after);

    for (size_t i = 0, j = 0; was && is && was[i] && is[j];) {
        int r = compare_certificates(&was[i], &is[j]);

        if (r == 0 && !value_is_empty(value_get(was[i], "crl")) && value_is_empty(value_get(is[j], "crl")))
            return was[i];
        i += r <= 0;
        j += r >= 0;
    }
    return NULL;
}

static const char *find_lost_check(const struct value *live, const struct value *after)
{
    for (uint32_t i = 0; value_is(live, VALUE_MAP) && i < live->count; i++) {
        const char *name = live->pairs[i].key.text;

        if (!value_is_empty(&live->pairs[i].value) && value_is_empty(value_get(after, name)))
            return name;
    }
    return NULL;
}

static bool is_true(const struct value *body, const char *name)
{
    const struct value *v = value_get(body, name);

    return value_is(v, VALUE_BOOL) && v->boolean;
}

/* A certificate that was not good enough becomes so. */
static bool ca_list_opens_up(const struct value *live, const struct value *after, struct buf *why)
{
    const char *check = find_lost_check(value_get(live, "dn_check"), value_get(after, "dn_check"));
    const struct value *authority;

    if (is_true(live, "strict_hostcheck") && !is_true(after, "strict_hostcheck")) {
        buf_add_str(why, "strict_hostcheck becomes false: certificates of other hosts would be accepted");
        return true;
    }
    if (check) {
        buf_addf(why, "dn_check.%s becomes empty: certificates of other subjects would be accepted", check);
        return true;
    }
    authority = find_lost_crl(value_get(live, "authorities"), value_get(after, "authorities"));
    if (!authority)
        return false;
    buf_add_str(why, "crl becomes empty: revoked certificates would be accepted of ");
    authority_key(authority, why);
    return true;
}

static void ca_list_remark(const struct remark *about, const struct value *body)
{
    const struct value *list = value_get(body, "authorities");

    for (uint32_t i = 0; list && i < list->count; i++)
        sps_remark_certificate(about, value_get(&list->items[i], "certificate"), true);
}

static const struct field authority_members[] = {
    {.name = "certificate",
     .type = FIELD_TEXT,
     .flags = FIELD_KEY,
     .min = 1,
     .max = LIMIT_CERTIFICATE_BYTES,
     .pattern = CERTIFICATE_PATTERN,
     .normalise = certificate_normalise,
     .show = sps_show_dates,
     .help = "PEM; what stands around it is ignored"},
    {.name = "crl",
     .type = FIELD_TEXT,
     .flags = FIELD_ABSENT_EMPTY | FIELD_EMPTY_ON_CREATE,
     .min = 0,
     .max = LIMIT_NAME_BYTES,
     .pattern = "^[^ \t\r\n]*$",
     .check = check_crl,
     .help = "the URL of its revocation list; \"\" for none"},
    {0},
};
static const struct field an_authority = {.name = "an authority",
                                          .type = FIELD_RECORD,
                                          .flags = FIELD_FROM_TEXT,
                                          .members = authority_members,
                                          .key = authority_key};

#define DN(part, words)                                                                                     \
    {                                                                                                       \
        .name = part, .type = FIELD_TEXT, .flags = FIELD_ABSENT_EMPTY | FIELD_EMPTY_ON_CREATE,              \
        .max = LIMIT_NAME_BYTES, .help = "what a certificate must have as its " words "; \"\" for anything" \
    }

static const struct field dn_check_members[] = {
    DN("altEmailAddress", "alternative e-mail address"),
    DN("c", "country"),
    DN("cn", "common name"),
    DN("emailAddress", "e-mail address"),
    DN("l", "locality"),
    DN("o", "organisation"),
    DN("ou", "organisational unit"),
    DN("st", "state or province"),
    {0},
};

static const struct field ca_list_members[] = {
    {.name = "authorities",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ON_CREATE,
     .members = &an_authority,
     .help = "certificates of authorities"},
    {.name = "dn_check",
     .type = FIELD_RECORD,
     .flags = FIELD_ON_CREATE,
     .members = dn_check_members,
     .help = "what the subject of a certificate must say"},
    {.name = "dns_lookup",
     .type = FIELD_BOOL,
     .flags = FIELD_ON_CREATE,
     .help = "look up in DNS what strict_hostcheck compares"},
    {.name = "strict_hostcheck",
     .type = FIELD_BOOL,
     .flags = FIELD_ON_CREATE,
     .help = "the common name must be the host's name or address"},
    {0},
};
static const struct field ca_list_body = {.name = "a CA list", .type = FIELD_RECORD, .members = ca_list_members};

const struct kind sps_trusted_ca_lists = {
    .name = "trusted_ca_lists",
    .noun = "trusted CA list",
    .strategy = STRATEGY_COLLECTION,
    .rank = 12,
    .body = &ca_list_body,
    .opens_up = ca_list_opens_up,
    .remark = ca_list_remark,
    .path = SPS_POLICIES "/trusted_ca_lists",
    .builtin_prefix = "-",
    .name_pattern = SPS_NAME_PATTERN,
    .check_name = sps_check_name,
    .guide = "Trusted Certificate Authorities",
    .help = "which certificate authorities are trusted, and for which subjects",
};
