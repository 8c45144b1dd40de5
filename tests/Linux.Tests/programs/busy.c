/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * busy THREADS: writes without pause until "end"; answers "ping" meanwhile.
 */
#include "target.h"

static atomic_long written;
static atomic_int ending;

static void *work(void *argument)
{
    long count = 0;
    while (!atomic_load(&ending))
        g_watched = ++count;
    atomic_fetch_add(&written, count);
    return argument;
}

int main(int argc, char **argv)
{
    long count = number(argc, argv, 1, 2);
    begin();
    for (long i = 0; i < count; i++)
        start_thread(work, NULL, 1);
    say("ready", 0);
    for (;;) {
        await("ping");
        say("pong", 0);
    }
}
