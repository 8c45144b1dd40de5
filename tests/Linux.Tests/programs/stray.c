/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * stray COUNT: what a processor that has lost DR6 does, at will: the value changes without a hit (by the kernel's own
 * mapping, process_vm_writev), and then comes a SIGTRAP with TRAP_BRKPT, which kills whoever is not guarded. In between
 * icebp, which looks the same but is the program's own; not where the machine has none: emulators take it for an illegal
 * instruction, and under some hypervisors it traps without end.
 */
#include "target.h"
#include "../../../native/liblivewatcher/tests/icebp.h"

#include <sys/syscall.h>
#include <sys/uio.h>

#define ICEBPS 5

static volatile sig_atomic_t own;

static void on_own_trap(int signal)
{
    (void)signal;
    own++;
}

static void write_unseen(long value)
{
    struct iovec from = {&value, sizeof(value)}, to = {(void *)&g_watched, sizeof(g_watched)};
    must(process_vm_writev(getpid(), &from, 1, &to, 1, 0) == sizeof(value), "process_vm_writev");
}

static void send_stray(void)
{
    siginfo_t info = {.si_signo = SIGTRAP, .si_code = TRAP_BRKPT};
    must(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGTRAP, &info) == 0, "rt_tgsigqueueinfo");
}

static void *work(void *argument)
{
    long count = (long)(intptr_t)argument;
    for (long i = 1; i <= count; i++) {
        write_unseen(i * 10);
        send_stray();
        g_watched = i * 10 + 1;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long count = number(argc, argv, 1, 50);
    int icebps = has_icebp() ? ICEBPS : 0;
    begin();
    say("ready", 0);
    await("go");
    say("icebps", icebps);
    pthread_join(start_thread(work, (void *)(intptr_t)count, 0), NULL);
    signal(SIGTRAP, on_own_trap);
    for (int left = icebps; left > 0; left--)
        icebp();
    say("own", own);
    finish(count);
    return 0;
}
