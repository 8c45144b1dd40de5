/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * reexec [again]: a thread that is not the first one executes the program anew while others run; the new one writes
 * and ends with status 5.
 */
#include "target.h"

static char *program;

static void *execute(void *argument)
{
    char *arguments[] = {program, "again", NULL};
    usleep(10000);
    execv("/proc/self/exe", arguments);
    return argument;
}

static void *idle(void *argument)
{
    for (;;)
        pause();
    return argument;
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc > 1) {
        for (long i = 1; i <= 20; i++)
            g_watched = i;
        return 5;
    }
    for (int i = 0; i < 4; i++)
        start_thread(idle, NULL, 1);
    start_thread(execute, NULL, 1);
    for (;;)
        pause();
}
