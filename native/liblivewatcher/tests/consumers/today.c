/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A program of today, with the compiler looking at the formats.
 */
#define LW_CHECK_FORMATS
#include <livewatcher.h>

static struct {
    long count;
} order;

int main(void)
{
    int watcher = lw_watch(&order.count, sizeof(order.count), LW_MODE_W | LW_MODE_CHANGE, "order.count");
    if (watcher != 0)
        return 1;
    order.count = 7;
    if (lw_mark("seven") != 0 || lw_show_info("%ld", order.count) != 0 || free_watcher(watcher) != 0)
        return 2;
    return lw_active();
}
