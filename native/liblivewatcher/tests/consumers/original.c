/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A program as it was written for the original: nothing but its header's names, in C or C++ of any age. It runs, too.
 */
#include "livewatcher.h"

static int counter;
static double sum;

static int watch_counter(void)
{
    int first = alloc_watcher();
    int second = alloc_watcher();
    if (first < 0 || second < 0)
        return 1;
    if (set_watcher(first, &counter, sizeof(int), LW_MODE_W) != 0)
        return 2;
    if (set_watcher(second, &sum, sizeof(sum), LW_MODE_WR) != 0)
        return 3;
    counter = 1;
    sum = 2;
    if (rst_watcher(first) != 0 || rst_watcher(second) != 0)
        return 4;
    return free_watcher(first) != 0 || free_watcher(second) != 0 ? 5 : 0;
}

int main(void)
{
    char text[LW_MAX_INFO];
    size_t i;
    int (*functions[2])(int);
    for (i = 0; i < sizeof(text); i++)
        text[i] = 0;
    functions[0] = lw_ignore_hwbp_sigtrap;
    functions[1] = lw_record_watcher;
    if (watch_counter() != 0 || functions[0](1) != 0 || functions[1](-1) != 0)
        return 1;
    if (lw_show_info(text) != 0 || lw_show_info("%d of %s\n", 1, "2") != 0 || lw_backtrace("here\n") != 0)
        return 2;
    if (lw_backtrace(0) != 0 || lw_dump_dr() != 0 || lw_ubacktrace_detail(1) != 0 || LW_MODE_EXE != 0)
        return 3;
    return 0;
}
