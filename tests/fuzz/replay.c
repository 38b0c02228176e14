/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over all files of a folder: replay FOLDER */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "fuzz.h"

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay(const char *folder, const char *name)
{
    _cleanup_free_ char *path = path_join(folder, name), *text = NULL;
    size_t len;
    int r = path ? file_read(path, (size_t)1 << 24, &text, &len) : -ENOMEM;

    if (r < 0) {
        fprintf(stderr, "%s/%s: %s\n", folder, name, strerror(-r));
        return r;
    }
    /* Said first, so that a crash names its file. */
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput((const uint8_t *)text, len);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int n = argc == 2 ? scandir(argv[1], &entries, is_file, alphasort) : -1, faults = 0;

    if (n <= 0) {
        fprintf(stderr, "usage: %s FOLDER with at least one file\n", argv[0]);
        return 1;
    }
    for (int i = 0; i < n; i++) {
        faults += replay(argv[1], entries[i]->d_name) < 0;
        free(entries[i]);
    }
    free(entries);
    return faults ? 1 : 0;
}
