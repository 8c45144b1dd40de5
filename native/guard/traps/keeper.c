/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "poking.h"
#include "recover.h"
#include "share.h"
#include "stops.h"

/* How long a thread may still belong to the dying guard. */
#define PATIENCE_NS 2000000000ll
#define DEATH_SHOWS_NS 1000000ll

/* How long it insists without a pause: what the guard needs from the closing of its files to its last breath. Longer would
 * keep it from that, where both share one processor. */
#define INSISTING_NS 200000ll
#define QUIET_LISTINGS 2

static int guard_fd; /* a pidfd */
static int held;     /* threads seized and not yet let go */

/* Threads seized at any time. */
static int *known;
static int known_count, known_room;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool is_known(int tid)
{
    for (int i = 0; i < known_count; i++)
        if (known[i] == tid)
            return true;
    return false;
}

static void remember(int tid)
{
    if (known_count == known_room) {
        int room = known_room ? known_room * 2 : 256;
        int *more = realloc(known, (size_t)room * sizeof(*more));
        if (!more)
            return; /* it will be taken over once more: no harm */
        known = more;
        known_room = room;
    }
    known[known_count++] = tid;
}

/* The guard's pipe closes in exit_files(), a little before exit_notify() lets its tracees go and tells the pidfd: so this
 * comes early, and insists. EPERM is what a thread that has a tracer answers, and a dead one. */
static bool take_over(int tgid, int tid)
{
    int64_t start = now_ns();
    while (ptrace(PTRACE_SEIZE, tid, 0, 0) != 0) {
        int64_t waited = now_ns() - start;
        if (errno != EPERM || waited > PATIENCE_NS)
            return false;
        struct pollfd polled = {guard_fd, POLLIN, 0};
        if (waited > INSISTING_NS)
            poll(&polled, 1, 1);
        if (waited > DEATH_SHOWS_NS && (thread_state(tgid, tid) == 'Z' || thread_state(tgid, tid) == 'X'))
            return false;
    }
    held++;
    remember(tid);
    ptrace(PTRACE_INTERRUPT, tid, 0, 0);
    return true;
}

/* Returns how many threads were taken over. A thread that started meanwhile has inherited nothing (copy_thread() clears
 * ptrace's breakpoints); it is taken like the others, for its age does not show. */
static int take_over_listed(int tgid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task", tgid);
    DIR *d = opendir(path);
    int taken = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        int tid = atoi(e->d_name);
        if (tid > 0 && !is_known(tid))
            taken += take_over(tgid, tid);
    }
    if (d)
        closedir(d);
    return taken;
}

static bool is_ours(int tid)
{
    siginfo_t info;
    return ptrace(PTRACE_GETSIGINFO, tid, 0, &info) == 0 && (info.si_code == TRAP_HWBKPT || info.si_code == TRAP_BRKPT);
}

/* Whatever stop this is, the registers can be cleared in it. */
static void clear_and_let_go(int tid, int status)
{
    int signal = status >> 16 ? 0 : WSTOPSIG(status);
    zero_debug_registers(tid);
    if (signal == SIGTRAP && is_ours(tid))
        signal = 0;
    if (stray_is_queued(tid)) {
        ptrace(PTRACE_CONT, tid, 0, (void *)(intptr_t)signal);
        ptrace(PTRACE_INTERRUPT, tid, 0, 0);
        return;
    }
    if (ptrace(PTRACE_DETACH, tid, 0, (void *)(intptr_t)signal) == 0)
        held--;
}

static void serve_one(int flags)
{
    int status;
    int tid = waitpid(-1, &status, __WALL | flags);
    if (tid > 0 && WIFSTOPPED(status))
        clear_and_let_go(tid, status);
    else if (tid > 0)
        held--; /* it has ended */
    else if (tid < 0 && errno == ECHILD)
        held = 0;
}

static void keep(void)
{
    const struct lw_trap_share *share = guard.config.share;
    /* All are gripped before any is served: a gripped thread's trap waits, one at large ends its process. */
    for (int quiet = 0; quiet < QUIET_LISTINGS; quiet++) {
        for (int i = 0; i < LW_PROCESSES; i++)
            if (share->armed[i] > 0 && take_over_listed(share->armed[i]) > 0)
                quiet = 0;
        while (held > 0)
            serve_one(0);
    }
}

/* Whoever waits for the end of livewatcher's output shall not wait for ours, nor for its socket's. (Linux 5.9) */
static void close_all_but(int low, int high)
{
    if (low > 0)
        syscall(SYS_close_range, 0, low - 1, 0);
    if (high > low + 1)
        syscall(SYS_close_range, low + 1, high - 1, 0);
    syscall(SYS_close_range, high + 1, ~0u, 0);
}

static void keeper_main(int pipe_fd, pid_t guard_pid)
{
    prctl(PR_SET_NAME, "lw-keeper");
    setsid(); /* signals are blocked, as in the guard */
    guard_fd = (int)syscall(SYS_pidfd_open, guard_pid, 0);
    close_all_but(guard_fd < 0 || pipe_fd < guard_fd ? pipe_fd : guard_fd, pipe_fd > guard_fd ? pipe_fd : guard_fd);
    /* Before anybody who is about to write; an ordinary user is refused, and has the window a little wider. Niceness would count
     * for nothing: setsid() has made a scheduling group of this process alone (sched(7), autogroup). */
    struct sched_param first = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &first);
    char nothing;
    while (read(pipe_fd, &nothing, 1) < 0 && errno == EINTR)
        continue;
    keep();
    _exit(0);
}

int start_keeper(void)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return -errno;
    pid_t guard_pid = getpid();
    pid_t keeper = fork();
    if (keeper == 0) {
        close(fds[1]);
        keeper_main(fds[0], guard_pid);
    }
    int error = errno;
    close(fds[0]); /* the other end stays open as long as the guard lives */
    return keeper < 0 ? -error : keeper;
}

bool keeper_minds(struct process *p)
{
    struct lw_trap_share *share = guard.config.share;
    if (p->kept != 0)
        return true;
    for (int i = 0; i < LW_PROCESSES; i++) {
        if (share->armed[i] != 0)
            continue;
        __atomic_store_n(&share->armed[i], p->tgid, __ATOMIC_SEQ_CST);
        p->kept = i + 1;
        return true;
    }
    return false;
}

void keeper_forgets(struct process *p)
{
    if (p->kept == 0)
        return;
    __atomic_store_n(&guard.config.share->armed[p->kept - 1], 0, __ATOMIC_SEQ_CST);
    p->kept = 0;
}
