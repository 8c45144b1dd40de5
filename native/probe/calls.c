/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * What the probe does by system calls: a write by the kernel, a trace of a child.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orders.h"

void probe_read(struct lw_probe_page *page, const struct lw_probe_order *order)
{
    int ends[2];
    if (pipe(ends) != 0) {
        page->error = errno;
        return;
    }
    for (uint64_t i = 1; i <= order->count; i++) {
        /* Eight bytes fit a pipe, so neither blocks. */
        if (write(ends[1], &i, sizeof(i)) != (ssize_t)sizeof(i) ||
            read(ends[0], (void *)&page->word, sizeof(i)) != (ssize_t)sizeof(i)) {
            page->error = errno;
            break;
        }
        page->writes++;
    }
    close(ends[0]);
    close(ends[1]);
}

static int wait_for_stop(pid_t child)
{
    int status;
    pid_t got;
    while ((got = waitpid(child, &status, __WALL)) < 0 && errno == EINTR)
        continue;
    if (got < 0)
        return errno;
    return WIFSTOPPED(status) ? 0 : ECHILD;
}

void probe_trace(struct lw_probe_page *page)
{
    pid_t self = getpid(), child = fork();
    if (child < 0) {
        page->error = errno;
        return;
    }
    if (child == 0) {
        probe_end_with(self);
        for (;;)
            pause();
    }
    /* Each step of the guard's way with a started program: seize, stop, let go. */
    if (ptrace(PTRACE_SEIZE, child, 0, 0) != 0 || ptrace(PTRACE_INTERRUPT, child, 0, 0) != 0)
        page->error = errno;
    else if ((page->error = wait_for_stop(child)) == 0 && ptrace(PTRACE_DETACH, child, 0, 0) != 0)
        page->error = errno;
    kill(child, SIGKILL);
    while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
        continue;
}
