/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* traps [N]: a program that uses SIGTRAP itself, by raise() and by int3, between writes to a watched variable. */
#include <signal.h>

#include "own.h"

static volatile long g_watched;
static volatile long raised, breakpoints, others;

static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    if (info->si_code == SI_TKILL)
        raised++;
    else if (info->si_code == SI_KERNEL) /* int3 has this code on x86: do_int3 forces the signal without a siginfo */
        breakpoints++;
    else
        others++;
}

NOINLINE static void write_watched(long value)
{
    g_watched = value; /* @write_watched */
}

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 1, 200);
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
    must(sigaction(SIGTRAP, &action, NULL) == 0, "sigaction");
    for (long i = 1; i <= rounds; i++) {
        write_watched(2 * i - 1);
        raise(SIGTRAP);
        write_watched(2 * i);
        __asm__ volatile("int3");
    }
    fact("raised", raised);
    fact("breakpoints", breakpoints);
    fact("others", others);
    fact("hits g_watched", 2 * rounds);
    return 0;
}
