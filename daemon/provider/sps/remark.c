/* SPDX-License-Identifier: Apache-2.0 */
/* What is worth knowing of certificates that a document gives: SPS takes them all, but few are of use. */
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "provider/sps/certificate.h"
#include "provider/sps/sps.h"

static void tell(const struct remark *about, enum diag_code code, const struct value *pem, const char *what)
{
    struct buf name = BUF_INIT(LIMIT_SENTENCE_BYTES / 2);

    if (certificate_name(pem->text, &name) == 0)
        diag_add_target(about->notes, code, about->target, "%s '%s': the certificate of %s %s (%s:%u:%u)",
                        about->kind->name, about->object, buf_text(&name), what, about->file, pem->line, pem->column);
    buf_done(&name);
}

static void tell_date(const struct remark *about, const struct value *pem, const char *what, int64_t when)
{
    char words[64];
    time_t t = (time_t)when;
    struct tm tm;
    size_t n = strlen(what);

    if (!gmtime_r(&t, &tm) || n + sizeof(" 2017-04-22") > sizeof(words))
        return;
    memcpy(words, what, n);
    strftime(words + n, sizeof(words) - n, " %Y-%m-%d", &tm);
    tell(about, DIAG_CERTIFICATE_DATES, pem, words);
}

void sps_remark_certificate(const struct remark *about, const struct value *pem, bool must_be_ca)
{
    struct certificate_facts f;

    if (!value_is(pem, VALUE_TEXT) || certificate_read_facts(pem->text, &f) < 0)
        return;
    if (about->now >= f.until)
        tell_date(about, pem, "has expired on", f.until);
    else if (about->now < f.from)
        tell_date(about, pem, "is not valid before", f.from);
    if (must_be_ca && !f.is_ca)
        tell(about, DIAG_CERTIFICATE_NO_CA, pem, "is not that of an authority");
}
