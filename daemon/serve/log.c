/* SPDX-License-Identifier: Apache-2.0 */
/* Else each message would carry the place of the one call below. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "serve/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/buf.h"

enum { MOST_FIELDS = 16 };

static bool journal_listens;

static const char *const ids[LOG_EVENT_MAX] = {
    [LOG_EVENT_STARTED] = "cc6682e429a745fd9296a8c3f4ca3008",
    [LOG_EVENT_STOPPING] = "c6e4f050c688403588c4ee32d9b8b2d6",
    [LOG_EVENT_CONFIG_LOADED] = "4bcd8fb0dc164c6bba029c5729679e45",
    [LOG_EVENT_CONFIG_FAULTY] = "b17523a9dac14791b5bd8e284f3ab42c",
    [LOG_EVENT_TARGET_FAILED] = "d67fd4857fee489cb8368e87987e29df",
    [LOG_EVENT_TARGET_RECOVERED] = "17f6f3cc085d4fc6a0f04ac3e2ad4460",
    [LOG_EVENT_CHANGE_APPLIED] = "91ac724dc6ee4b7398a124d1d4a167ad",
    [LOG_EVENT_CHANGE_FAILED] = "0dfa2dbdc301481ab63aacf8a7b045b5",
    [LOG_EVENT_CHANGE_HELD] = "7baf8ff44a9344669ace6a7548fdae1f",
    [LOG_EVENT_DRIFT_OBSERVED] = "631f71b02b92421eb77ad2fb8d4c0b84",
    [LOG_EVENT_RUN_RESOLVED] = "97242c87524144f49edb8d886a30c54d",
    [LOG_EVENT_RECORD_FAILED] = "97ebce00749f4d66851dbd8c40a3d45c",
    [LOG_EVENT_HOLD] = "cb49e8df8fed41a48f7f477e8ef50b65",
    [LOG_EVENT_RELEASED] = "543be61d6434442eb19052e227906997",
    [LOG_EVENT_ALLOWED] = "47c7546aa2804f9497e38cbe971b2d37",
};

const char *log_event_id(enum log_event event)
{
    return (size_t)event < LOG_EVENT_MAX ? ids[event] : NULL;
}

/* sd_journal_send() reports success where there is no journal at all; so the stream on standard error decides. */
void log_begin(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;

    journal_listens = stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
                      st.st_dev == device && st.st_ino == inode;
}

static void write_line(int priority, const struct buf *message)
{
    struct buf line = BUF_INIT(LIMIT_OUTPUT_BYTES);

    buf_addf(&line, "<%d>", priority);
    buf_add_escaped(&line, buf_text(message), message->len);
    buf_add_char(&line, '\n');
    /* One write, so that lines of several threads do not mix. There is nowhere left to say that it failed. */
    if (!line.error)
        (void)!write(STDERR_FILENO, buf_text(&line), line.len);
    buf_done(&line);
}

static void write_journal(int priority, enum log_event event, const struct log_field *fields, const struct buf *message)
{
    struct buf texts[MOST_FIELDS + 3];
    struct iovec iov[MOST_FIELDS + 3];
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        texts[i] = BUF_INIT(LIMIT_OUTPUT_BYTES);
    buf_addf(&texts[n++], "MESSAGE=%s", buf_text(message));
    buf_addf(&texts[n++], "PRIORITY=%d", priority);
    if (ids[event])
        buf_addf(&texts[n++], "MESSAGE_ID=%s", ids[event]);
    for (; fields && fields->name && n < ARRAY_SIZE(texts); fields++)
        if (fields->value)
            buf_addf(&texts[n++], "CONVERGATE_%s=%s", fields->name, fields->value);
    for (size_t i = 0; i < n; i++)
        iov[i] = (struct iovec){.iov_base = texts[i].data, .iov_len = texts[i].len};
    if (sd_journal_sendv(iov, (int)n) < 0)
        write_line(priority, message);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        buf_done(&texts[i]);
}

void log_write(int priority, enum log_event event, const struct log_field *fields, const char *format, ...)
{
    struct buf message = BUF_INIT(LIMIT_OUTPUT_BYTES);
    va_list ap;

    va_start(ap, format);
    buf_vaddf(&message, format, ap);
    va_end(ap);
    if (journal_listens)
        write_journal(priority, event, fields, &message);
    else
        write_line(priority, &message);
    buf_done(&message);
}
