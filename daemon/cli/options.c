/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time-util.h"
#include "cli/cli.h"

enum {
    OPTION_CREDENTIALS = 256,
    OPTION_FORMAT,
    OPTION_OUT,
    OPTION_ALLOW,
    OPTION_LOCK_TIMEOUT,
    OPTION_COLOR,
    OPTION_QUIET,
    OPTION_YES,
    OPTION_PLAN,
    OPTION_REASON,
    OPTION_UNTIL,
    OPTION_WAIT,
    OPTION_VERSION,
    OPTION_OF_COMMANDS, /* and an enum command_option */
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"credentials", required_argument, NULL, OPTION_CREDENTIALS},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"out", required_argument, NULL, OPTION_OUT},
    {"allow", required_argument, NULL, OPTION_ALLOW},
    {"lock-timeout", required_argument, NULL, OPTION_LOCK_TIMEOUT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"yes", no_argument, NULL, OPTION_YES},
    {"plan", required_argument, NULL, OPTION_PLAN},
    {"reason", required_argument, NULL, OPTION_REASON},
    {"until", required_argument, NULL, OPTION_UNTIL},
    {"wait", no_argument, NULL, OPTION_WAIT},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"user", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_USER},
    {"id", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_ID},
    {"all", no_argument, NULL, OPTION_OF_COMMANDS + COMMAND_ALL},
    {"import", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_IMPORT},
    {"client", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_CLIENT},
    {"client-type", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_CLIENT_TYPE},
    {"common-name", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_COMMON_NAME},
    {"key-type", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_KEY_TYPE},
    {"ecc-curve", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_ECC_CURVE},
    {"again", no_argument, NULL, OPTION_OF_COMMANDS + COMMAND_AGAIN},
    {"end-sessions", no_argument, NULL, OPTION_OF_COMMANDS + COMMAND_END_SESSIONS},
    {"name", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_NAME},
    {"member", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_MEMBER},
    {"password", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_PASSWORD},
    {"address", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_ADDRESS},
    {"netmask", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_NETMASK},
    {"gateway", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_GATEWAY},
    {"external-address", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_EXTERNAL_ADDRESS},
    {"external-netmask", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_EXTERNAL_NETMASK},
    {"external-gateway", required_argument, NULL, OPTION_OF_COMMANDS + COMMAND_EXTERNAL_GATEWAY},
    {0},
};

/* Which verbs an option belongs to; options without a row belong to all. */
static const struct {
    int option;
    unsigned takes;
} belongings[] = {
    {OPTION_FORMAT, TAKES_FORMAT}, {OPTION_OUT, TAKES_OUT},     {OPTION_ALLOW, TAKES_ALLOW},
    {OPTION_YES, TAKES_YES},       {OPTION_PLAN, TAKES_PLAN},   {OPTION_LOCK_TIMEOUT, TAKES_LOCK},
    {OPTION_REASON, TAKES_REASON}, {OPTION_UNTIL, TAKES_UNTIL}, {OPTION_WAIT, TAKES_WAIT},
};

static const char *const format_words[] = {"text", "json", "markdown", "schema", NULL};
/* What a verb must take for a format that not all know. */
static const unsigned format_takes[FORMAT_MAX] = {[FORMAT_MARKDOWN] = TAKES_MARKDOWN, [FORMAT_SCHEMA] = TAKES_SCHEMA};
static const char *const color_words[] = {"auto", "always", "never", NULL};

static int word_index(const char *const *words, const char *text)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

static bool add_allowance(struct options *o, const char *text)
{
    struct allowance a;
    const char *wrong = allowance_parse(text, &a);

    if (wrong) {
        say_error("--allow %s: it %s", text, wrong);
        return false;
    }
    if (array_grow(&o->allowances, &o->allowances_allocated, o->n_allowances, sizeof(*o->allowances)) < 0) {
        say_error("out of memory");
        return false;
    }
    o->allowances[o->n_allowances++] = a;
    return true;
}

static bool set_format(struct options *o, const char *text)
{
    int i = word_index(format_words, text);

    if (i < 0)
        say_error("--format %s: it must be text, json, markdown or schema", text);
    o->format = i < 0 ? FORMAT_TEXT : (enum format)i;
    return i >= 0;
}

static bool set_color(struct options *o, const char *text)
{
    int i = word_index(color_words, text);

    if (i < 0)
        say_error("--color %s: it must be auto, always or never", text);
    o->color = i < 0 ? COLOR_AUTO : (enum color)i;
    return i >= 0;
}

static bool set_lock_timeout(struct options *o, const char *text)
{
    if (parse_duration(text, &o->lock_timeout_usec) == 0)
        return true;
    say_error("--lock-timeout %s: it must be a whole number with its unit: 500ms, 90s, 5m or 1h", text);
    return false;
}

static bool add_given(struct options *o, enum command_option option, const char *text)
{
    if (array_grow(&o->given, &o->given_allocated, o->n_given, sizeof(*o->given)) < 0) {
        say_error("out of memory");
        return false;
    }
    o->given[o->n_given++] = (struct given_option){.option = option, .text = text ? text : ""};
    return true;
}

/* A time, or how long from now. */
static bool set_until(struct options *o, const char *text)
{
    uint64_t now = now_real_usec(), usec;

    if (parse_duration(text, &usec) == 0)
        o->until_usec = now + usec;
    else if (parse_time(text, &o->until_usec) < 0)
        o->until_usec = 0;
    if (o->until_usec > now)
        return true;
    say_error("--until %s: it must be a time to come such as 2027-01-31T00:00:00Z, or how long: 90s, 5m or 2h", text);
    return false;
}

static bool take_option(struct options *o, int option, const char *argument)
{
    switch (option) {
    case 'c':
        o->config = argument;
        return true;
    case OPTION_CREDENTIALS:
        o->credentials = argument;
        return true;
    case OPTION_FORMAT:
        return set_format(o, argument);
    case OPTION_OUT:
        o->out = argument;
        return true;
    case OPTION_ALLOW:
        return add_allowance(o, argument);
    case OPTION_LOCK_TIMEOUT:
        return set_lock_timeout(o, argument);
    case OPTION_COLOR:
        return set_color(o, argument);
    case OPTION_QUIET:
        o->quiet = true;
        return true;
    case OPTION_YES:
        o->yes = true;
        return true;
    case OPTION_PLAN:
        o->plan_file = argument;
        return true;
    case OPTION_REASON:
        o->reason = argument;
        return true;
    case OPTION_UNTIL:
        return set_until(o, argument);
    case OPTION_WAIT:
        o->wait = true;
        return true;
    default:
        return add_given(o, (enum command_option)(option - OPTION_OF_COMMANDS), argument);
    }
}

static const struct verb *find_verb(const char *name)
{
    const char *words[VERBS_MAX];
    size_t n = verb_names(words);
    char hint[128];

    for (size_t i = 0; i < n_verbs; i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    for (size_t i = n_verbs; i < n; i++)
        if (strcmp(words[i], name) == 0)
            return &verb_command;
    say_error("unknown command '%s'%s; see convergate --help", name, did_you_mean(name, words, n, hint, sizeof(hint)));
    return NULL;
}

static const char *option_name(int option)
{
    const struct option *l = long_options;

    while (l->name && l->val != option)
        l++;
    return l->name;
}

bool options_belong(const struct options *o, const char *name, unsigned takes, const struct command *c)
{
    uint32_t given = 0;

    for (size_t i = 0; i < ARRAY_SIZE(belongings); i++) {
        if (!(o->seen & (uint64_t)1 << (belongings[i].option - OPTION_CREDENTIALS)) || (takes & belongings[i].takes))
            continue;
        say_error("convergate %s has no option --%s", name, option_name(belongings[i].option));
        return false;
    }
    if (format_takes[o->format] & ~takes) {
        say_error("convergate %s has no format %s", name, format_words[o->format]);
        return false;
    }
    for (size_t i = 0; i < o->n_given; i++) {
        enum command_option option = o->given[i].option;
        bool known = c && c->takes & (uint32_t)1 << option;

        if (known && (!(given & (uint32_t)1 << option) || c->repeats & (uint32_t)1 << option)) {
            given |= (uint32_t)1 << option;
            continue;
        }
        say_error(known ? "convergate %s takes one --%s" : "convergate %s has no option --%s", name,
                  option_name(OPTION_OF_COMMANDS + (int)option));
        return false;
    }
    return true;
}

static enum exit_status take_verb(int argc, char **argv, struct options *o, const struct verb **ret)
{
    const struct verb *v;

    if (optind == argc) {
        say_error("a command is missing; see convergate --help");
        return STATUS_USAGE;
    }
    o->verb = argv[optind];
    v = find_verb(o->verb);
    /* What a command takes depends on its target, which is not known yet. */
    if (!v || (v != &verb_command && !options_belong(o, v->name, v->takes, NULL)))
        return STATUS_USAGE;
    o->arguments = (const char **)argv + optind + 1;
    o->n_arguments = (size_t)(argc - optind - 1);
    if (o->n_arguments < v->min_arguments || o->n_arguments > v->max_arguments) {
        say_error("usage: convergate %s %s", v->name, v->arguments);
        return STATUS_USAGE;
    }
    *ret = v;
    return STATUS_OK;
}

static void set_defaults(struct options *o)
{
    const char *config = getenv("CONVERGATE_CONFIG");

    o->config = config && config[0] ? config : "/etc/convergate/convergate.yaml";
    o->lock_timeout_usec = 10 * USEC_PER_SEC;
}

enum exit_status options_parse(int argc, char **argv, struct options *o, const struct verb **ret_verb, bool *ret_go)
{
    enum exit_status status;
    int option;

    set_defaults(o);
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:h", long_options, NULL)) >= 0) {
        if (option == 'h') {
            print_help();
            return STATUS_OK;
        }
        if (option == OPTION_VERSION) {
            printf("convergate %s\n", CONVERGATE_VERSION);
            return STATUS_OK;
        }
        if (option == '?' || option == ':') {
            say_error("%s '%s'; see convergate --help", option == ':' ? "an argument is missing for" : "unknown option",
                      argv[optind - 1]);
            return STATUS_USAGE;
        }
        if (!take_option(o, option, optarg))
            return STATUS_USAGE;
        if (option >= OPTION_CREDENTIALS && option < OPTION_OF_COMMANDS)
            o->seen |= (uint64_t)1 << (option - OPTION_CREDENTIALS);
    }
    status = take_verb(argc, argv, o, ret_verb);
    *ret_go = status == STATUS_OK;
    return status;
}

void options_done(struct options *o)
{
    free(o->allowances);
    free(o->given);
}
