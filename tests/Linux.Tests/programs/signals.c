/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * signals: counts the SIGTRAPs that are its own (int3, raise), and how often it was continued; writes in between.
 */
#include "target.h"

static volatile sig_atomic_t traps, continued, others;

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)context;
    if (signal == SIGCONT)
        continued++;
    else if (info->si_code == TRAP_BRKPT)
        others++;
    else
        traps++;
}

static void *work(void *argument)
{
    (void)argument;
    for (;;)
        pause();
    return NULL;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    begin();
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGCONT, &action, NULL);
    start_thread(work, NULL, 1);
    say("ready", 0);
    await("trap");
    for (int i = 1; i <= 100; i++) {
        g_watched = i;
        if (i % 10 == 0)
            __asm__ volatile("int3");
        if (i % 10 == 5)
            raise(SIGTRAP);
    }
    say("traps", traps);
    await("report");
    say("continued", continued);
    say("killed", traps);
    say("stray", others);
    finish(100);
    return 0;
}
