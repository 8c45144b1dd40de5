/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "detach.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arming.h"
#include "orphans.h"
#include "records.h"
#include "stops.h"
#include "waits.h"
#include "yielding.h"

/* Threads on their way to a stop at one time, and sleepers left asleep before stops are served again: enough to keep us busy, few enough that none
 * stands for long. */
#define LEAVING_WINDOW 16

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

struct leaving {
    bool ends; /* we end right after */
    int window;
    int dozers;
};

/* Of numbers in x32 code. (arch/x86/include/uapi/asm/unistd.h) */
#define X32_SYSCALL_BIT 0x40000000

/* clone, fork, vfork, clone3, execve and execveat by their numbers in 64-bit, 32-bit and x32 code: /proc does not say which code asks, and what
 * else has one of these numbers is taken for one of them. */
static const long bearing[] = {56, 57, 58, 435, 59, 322, 120, 2, 190, 11, 358, 520, 545};

/* Whether a thread sleeps in a system call, and in none of which a thread or a program may come into being. False also where /proc does not tell. */
static bool sleeps(int tgid, int tid)
{
    char path[64], line[256];
    /* "running", or the number of the system call that it is blocked in, its arguments, and where; "-1" outside of one. (proc(5)) */
    snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", tgid, tid);
    if (read_file(path, line, sizeof(line)) == 0)
        return false;
    char *end;
    long number = strtol(line, &end, 10);
    if (end == line || number < 0)
        return false;
    number &= ~X32_SYSCALL_BIT;
    for (size_t i = 0; i < sizeof(bearing) / sizeof(bearing[0]); i++)
        if (number == bearing[i])
            return false;
    return true;
}

/* What sleeps in a system call has no trap underway, and comes to none any more, for its events are closed: the kernel lets it go when we end, and it does
 * not wake for it (exit_ptrace). */
static bool may_doze(const struct tracee *t)
{
    return t->state == TRACEE_RUNNING && t->process && !t->poked && sleeps(t->process->tgid, t->tid);
}

/* Asks a thread to stop, which is when it can be let go, if it must be; false where enough are on their way. */
static bool send_off(struct tracee *t, void *context)
{
    struct leaving *leaving = context;
    if (t->state == TRACEE_HELD) {
        proceed(t, 0);
    } else if ((t->state == TRACEE_RUNNING || t->state == TRACEE_LISTENING) && !t->interrupted) {
        if (leaving->dozers >= LEAVING_WINDOW || awaited_stops() >= leaving->window)
            return false;
        if (leaving->ends && may_doze(t)) {
            t->state = TRACEE_DOZING;
            leaving->dozers++;
        } else {
            interrupt(t);
        }
    }
    return true;
}

static void count_held(struct tracee *t, void *held)
{
    *(int *)held += t->state != TRACEE_AWAY && t->state != TRACEE_DOZING;
}

static bool any_held(void)
{
    int held = 0;
    tracee_each(count_held, &held);
    return held > 0;
}

/* Until a tracee has something to say, a millisecond at most. */
static void await_news(void)
{
    static const struct timespec patience = {0, 1000000};
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigtimedwait(&children, NULL, &patience);
}

void detach_all(bool ends)
{
    guard.letting_go = true;
    abandon_yielded();
    bool more = true;
    uint32_t at = 0;
    struct leaving leaving = {.ends = ends, .window = LEAVING_WINDOW};
    for (uint64_t last = record_time(); record_time() - last < LW_STOP_PATIENCE_MS * 1000000ull;) {
        leaving.dozers = 0;
        if (more && awaited_stops() <= leaving.window / 2)
            more = tracee_walk(&at, send_off, &leaving);
        if (serve_stops(leaving.dozers > 0)) {
            last = record_time();
            continue;
        }
        adopt_orphans();
        if (leaving.dozers > 0) {
            give_way();
            continue;
        }
        if (!more) {
            if (!any_held())
                break;
            /* Once more for whoever was passed by: newcomers, and those who had something else to do first. */
            more = true;
            at = 0;
        }
        await_news();
        leaving.window += LEAVING_WINDOW; /* those under way may sleep uninterruptibly: nobody else shall wait for them */
    }
    /* Those that are left are let go at their next stop, or by the kernel when we end. */
}
