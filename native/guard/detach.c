/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "detach.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arming.h"
#include "stops.h"
#include "yielding.h"

void disarm_all(void)
{
    struct lw_guard_packet ignored = {0};
    for (struct process *p = processes; p; p = p->next) {
        p->arming = false;
        disarm_process(p, (1u << LW_GUARD_SLOTS) - 1, &guard.config, &ignored);
    }
}

void await_end_of(int pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        return; /* gone already */
    struct pollfd polled = {fd, POLLIN, 0};
    poll(&polled, 1, LW_STOP_PATIENCE_MS);
    close(fd);
}

static void send_off(struct tracee *t, void *context)
{
    (void)context;
    if (t->state == TRACEE_RUNNING || t->state == TRACEE_LISTENING)
        ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
    else if (t->state == TRACEE_HELD)
        proceed(t, 0);
}

static void count_one(struct tracee *t, void *context)
{
    *(int *)context += t->state != TRACEE_AWAY;
}

void detach_all(void)
{
    guard.letting_go = true;
    abandon_yielded();
    tracee_each(send_off, NULL);
    for (int waited = 0; waited < LW_STOP_PATIENCE_MS;) {
        int status;
        pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
        if (tid > 0) {
            on_wait(tid, status);
            continue;
        }
        int left = 0;
        tracee_each(count_one, &left);
        if (left == 0)
            return;
        poll(NULL, 0, 1);
        waited++;
    }
    /* Those that are left are let go at their next stop, or by the kernel when we end. */
}
