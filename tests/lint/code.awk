# SPDX-License-Identifier: Apache-2.0
# Prints C files as FILE:LINE:CODE without comments and without what stands in quotes; -v strings=1 keeps the latter.
FNR == 1 { comment = 0 }
{
    out = ""
    quote = ""
    n = length($0)
    for (i = 1; i <= n; i++) {
        c = substr($0, i, 1)
        two = substr($0, i, 2)
        if (comment) {
            if (two == "*/") {
                comment = 0
                i++
            }
        } else if (quote != "") {
            if (strings)
                out = out c
            if (c == "\\") {
                i++
                if (strings)
                    out = out substr($0, i, 1)
            } else if (c == quote) {
                if (!strings)
                    out = out c
                quote = ""
            }
        } else if (two == "/*") {
            comment = 1
            i++
            out = out " "
        } else if (two == "//") {
            break
        } else {
            if (c == "\"" || c == "'")
                quote = c
            out = out c
        }
    }
    print FILENAME ":" FNR ":" out
}
