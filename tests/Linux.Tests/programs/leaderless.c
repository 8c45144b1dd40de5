/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * leaderless: its first thread ends at once; another goes on, and ends the program with status 9.
 */
#include "target.h"

static void *work(void *argument)
{
    usleep(20000);
    say("ready", 0);
    await("go");
    for (long i = 1; i <= 100; i++)
        g_watched = i;
    say("strays", atomic_load(&strays));
    say("writes", 100);
    await("end");
    exit(9);
    return argument;
}

int main(void)
{
    begin();
    start_thread(work, NULL, 1);
    pthread_exit(NULL);
}
