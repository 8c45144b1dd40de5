/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * icebp (0xf1), a trap that is the program's own and looks like one of a debug register. tests/Linux.Tests uses this too.
 */
#ifndef LW_TEST_ICEBP_H
#define LW_TEST_ICEBP_H

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void icebp(void)
{
    __asm__ volatile(".byte 0xf1");
}

static inline void end_at_second_trap(int signal)
{
    (void)signal;
    static volatile sig_atomic_t seen;
    if (seen++)
        _exit(1);
}

/* A child tries it: under some hypervisors it traps without end, and emulators take it for an illegal instruction. */
static inline int has_icebp(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGTRAP, end_at_second_trap);
        icebp();
        _exit(0);
    }
    while (waitpid(pid, &status, 0) != pid) {
    }
    return status == 0;
}

#endif
