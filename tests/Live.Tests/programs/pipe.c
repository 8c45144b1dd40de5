/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* pipe: copies standard input to standard output, byte by byte as it is, and its size to standard error. */
#include "own.h"

static volatile long g_copied;

int main(void)
{
    char buffer[65536];
    ssize_t count;
    while ((count = read(0, buffer, sizeof buffer)) > 0) {
        for (ssize_t done = 0; done < count;) {
            ssize_t written = write(1, buffer + done, (size_t)(count - done));
            must(written > 0, "write");
            done += written;
        }
        g_copied = g_copied + count; /* @copied */
    }
    fprintf(stderr, "copied %ld\n", g_copied);
    return 0;
}
