/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of certificates: in a plan, and as notes, for SPS takes them all, but few are of use. */
#include <errno.h>
#include <time.h>

#include "base/limits.h"
#include "provider/sps/certificate.h"
#include "provider/sps/sps.h"

static void tell(const struct remark *about, enum diag_code code, const struct value *pem, const char *what)
{
    struct buf name = BUF_INIT(LIMIT_SENTENCE_BYTES / 2);

    /* What an earlier run left is told in the same list, and must find room. */
    if (about->notes->n >= LIMIT_REMARKS) {
        about->notes->more++;
        return;
    }
    if (certificate_name(pem->text, &name) == 0)
        diag_add_target(about->notes, code, about->target, "%s '%s': the certificate of %s %s (%s:%u:%u)",
                        about->kind->name, about->object, buf_text(&name), what, about->file, pem->line, pem->column);
    buf_done(&name);
}

/* "2017-04-22", or words for what is no date. */
static void add_date(int64_t when, struct buf *out)
{
    char date[32];
    time_t t = (time_t)when;
    struct tm tm;

    if (gmtime_r(&t, &tm) && strftime(date, sizeof(date), "%Y-%m-%d", &tm) > 0)
        buf_add_str(out, date);
    else
        buf_add_str(out, "an unknown date");
}

static void tell_date(const struct remark *about, const struct value *pem, const char *what, int64_t when)
{
    struct buf words = BUF_INIT(LIMIT_NAME_BYTES);

    buf_add_str(&words, what);
    add_date(when, &words);
    tell(about, DIAG_CERTIFICATE_DATES, pem, buf_text(&words));
    buf_done(&words);
}

int sps_show_dates(const struct value *pem, struct buf *out)
{
    struct certificate_facts f;
    int r = value_is(pem, VALUE_TEXT) ? certificate_read_facts(pem->text, &f) : -EINVAL;

    if (r < 0)
        return r;
    buf_add_str(out, "valid from ");
    add_date(f.from, out);
    buf_add_str(out, " until ");
    add_date(f.until, out);
    return out->error;
}

int sps_show_certificate(const struct value *pem, struct buf *out)
{
    return value_is(pem, VALUE_TEXT) ? certificate_name(pem->text, out) : -EINVAL;
}

void sps_remark_certificate(const struct remark *about, const struct value *pem, bool must_be_ca)
{
    struct certificate_facts f;

    if (!value_is(pem, VALUE_TEXT) || certificate_read_facts(pem->text, &f) < 0)
        return;
    if (about->now >= f.until)
        tell_date(about, pem, "has expired on ", f.until);
    else if (about->now < f.from)
        tell_date(about, pem, "is not valid before ", f.from);
    if (must_be_ca && !f.is_ca)
        tell(about, DIAG_CERTIFICATE_NO_CA, pem, "is not that of an authority");
}
