/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * What backend ptrace does, in small: a tracer writes its child's debug registers and counts the traps.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orders.h"

/* Register 0: local enable, write, 8 bytes (Intel SDM vol. 3, 18.2.4). */
#define DR7_WRITE_8 (1ul | 1ul << 16 | 2ul << 18)

static void write_word(struct lw_probe_page *page, uint32_t count, pid_t parent)
{
    probe_end_with(parent);
    /* Till the tracer is there. */
    raise(SIGSTOP);
    for (uint32_t i = 1; i <= count; i++) {
        page->writes++;
        page->word = i;
    }
    _exit(0);
}

static int wait_for(pid_t child, int *status)
{
    pid_t got;
    while ((got = waitpid(child, status, __WALL)) < 0 && errno == EINTR)
        continue;
    return got < 0 ? errno : 0;
}

static int poke(pid_t child, size_t reg, uint64_t value)
{
    void *at = (void *)(offsetof(struct user, u_debugreg) + reg * sizeof(long));
    return ptrace(PTRACE_POKEUSER, child, at, (void *)(uintptr_t)value) == 0 ? 0 : errno;
}

static int arm(pid_t child, struct lw_probe_page *page)
{
    int error = poke(child, 0, (uint64_t)(uintptr_t)&page->word);
    return error ? error : poke(child, 7, DR7_WRITE_8);
}

static void count_trap(pid_t child, struct lw_probe_page *page)
{
    siginfo_t info;
    if (ptrace(PTRACE_GETSIGINFO, child, 0, &info) != 0)
        return;
    page->others += info.si_code == TRAP_HWBKPT;
    page->strays += info.si_code == TRAP_BRKPT;
}

void probe_poke(struct lw_probe_page *page, const struct lw_probe_order *order)
{
    pid_t self = getpid(), child = fork();
    if (child < 0) {
        page->error = errno;
        return;
    }
    if (child == 0)
        write_word(page, order->count, self);
    int status = 0;
    if (ptrace(PTRACE_SEIZE, child, 0, 0) != 0)
        page->error = errno;
    /* Seized before or after its SIGSTOP: either way the first stop is one in which it has written nothing. */
    for (int armed = 0; page->error == 0 && (page->error = wait_for(child, &status)) == 0 && WIFSTOPPED(status);) {
        int signal = status >> 16 ? 0 : WSTOPSIG(status);
        if (signal == SIGTRAP)
            count_trap(child, page);
        if (!armed && (page->error = arm(child, page)) != 0)
            break;
        armed = 1;
        ptrace(PTRACE_CONT, child, 0, 0);
    }
    if (page->error == 0)
        return;
    kill(child, SIGKILL);
    while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
        continue;
}
