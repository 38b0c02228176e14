/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to say on the line, from the rows. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

const struct verb *const verbs[] = {&verb_check, &verb_plan, &verb_apply,   &verb_export, &verb_status,
                                    &verb_sync,  &verb_hold, &verb_release, &verb_allow,  &verb_explain};
const size_t n_verbs = ARRAY_SIZE(verbs);

static bool is_among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

size_t verb_names(const char *ret[static VERBS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < n_verbs; i++)
        ret[n++] = verbs[i]->name;
    for (size_t i = 0; i < n_systems; i++)
        for (const struct command *const *c = provider_of(systems[i])->commands; *c && n < VERBS_MAX; c++)
            if (!is_among(ret, n, (*c)->verb))
                ret[n++] = (*c)->verb;
    return n;
}

static void print_command(const struct command *c)
{
    printf("  convergate %s%s%s %s\n          %s\n", c->verb, c->word ? " " : "", c->word ? c->word : "", c->usage,
           c->help);
}

/* A row that a system before this one has as well is not told again. */
static bool is_told(size_t system, const struct command *c)
{
    for (size_t i = 0; i < system; i++)
        if (command_find(systems[i], c->verb, c->word))
            return true;
    return false;
}

void print_help(void)
{
    printf("convergate keeps security gateways in the state that documents declare.\n\nUsage:\n");
    for (size_t i = 0; i < n_verbs; i++)
        printf("  convergate %-7s %-23s %s\n", verbs[i]->name, verbs[i]->arguments, verbs[i]->help);
    printf("\nTARGET is a name or a pattern; none means all.\n\nOn one target, named without a pattern:\n");
    for (size_t i = 0; i < n_systems; i++)
        for (const struct command *const *c = provider_of(systems[i])->commands; *c; c++)
            if (!is_told(i, *c))
                print_command(*c);
    printf("\nOptions:\n"
           "  -c, --config FILE         settings; $CONVERGATE_CONFIG, /etc/convergate/convergate.yaml\n"
           "      --credentials DIR     where credentials are looked for first\n"
           "      --format FORMAT       text, json, markdown (plan, apply, status) or schema (explain)\n"
           "      --out FILE            plan: also save the plan; export, explain: write there\n"
           "      --plan FILE           apply: exactly this saved plan\n"
           "      --yes                 do not ask before writing\n"
           "      --allow GUARD:TARGET/KIND/OBJECT\n"
           "                            let one guard let one object through; may be repeated\n"
           "      --lock-timeout TIME   how long to wait for another writer; 10s\n"
           "      --reason TEXT         hold, allow: why\n"
           "      --until TIME          hold, allow: until 2027-01-31T00:00:00Z, or for 2h\n"
           "      --wait                sync: until the runs have ended\n"
           "      --color WHEN          auto, always or never\n"
           "      --quiet               no progress\n"
           "  -h, --help                this text\n"
           "      --version             the version\n\n"
           "Exit status: 0 in sync or done, 1 failed, 2 differs, 3 held by a guard, 64 usage, 78 invalid input.\n"
           "See convergate(1), convergate.yaml(5), convergate-desired(5).\n");
}
