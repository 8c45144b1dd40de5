/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * early: writes from a constructor, from main and from a thread, and ends with status 3. Says nothing, hears nothing.
 */
#include "target.h"

enum { BEFORE = 5, IN_MAIN = 7, IN_THREAD = 11 };

__attribute__((constructor)) static void before_main(void)
{
    for (long i = 1; i <= BEFORE; i++)
        g_watched = i;
}

static void *work(void *argument)
{
    for (long i = 1; i <= IN_THREAD; i++)
        g_watched = BEFORE + IN_MAIN + i;
    return argument;
}

int main(void)
{
    for (long i = 1; i <= IN_MAIN; i++)
        g_watched = BEFORE + i;
    pthread_join(start_thread(work, NULL, 0), NULL);
    return 3;
}
