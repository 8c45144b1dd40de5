/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "detach.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arming.h"
#include "stops.h"
#include "waits.h"
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

struct held {
    int *tids; /* as many as there is room for */
    int room;
    int count;
};

static void list_one(struct tracee *t, void *context)
{
    struct held *held = context;
    if (t->state == TRACEE_AWAY)
        return;
    if (held->count < held->room)
        held->tids[held->count] = t->tid;
    held->count++;
}

/* Those that are not let go yet; their number, whether or not there was room for them all. */
static int list_held(struct held *held)
{
    held->count = 0;
    tracee_each(list_one, held);
    return held->count;
}

void detach_all(void)
{
    guard.letting_go = true;
    abandon_yielded();
    tracee_each(send_off, NULL);
    struct held held = {NULL, 0, 0};
    int left = list_held(&held);
    held.tids = calloc((size_t)left, sizeof(*held.tids));
    held.room = held.tids ? left : 0;
    for (int waited = 0; waited < LW_STOP_PATIENCE_MS && (left = list_held(&held)) > 0;) {
        if (drain_each(held.tids, left < held.room ? left : held.room))
            continue;
        if (drain_waits()) /* newcomers */
            continue;
        poll(NULL, 0, 1);
        waited++;
    }
    free(held.tids);
    /* Those that are left are let go at their next stop, or by the kernel when we end. */
}
