/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The guard's life: start, listen to livewatcher and to its tracees, let everything go, end.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arming.h"
#include "detach.h"
#include "keeper.h"
#include "orphans.h"
#include "poking.h"
#include "pumping.h"
#include "recover.h"
#include "share.h"
#include "stops.h"
#include "trapped.h"
#include "waits.h"
#include "yielding.h"

/* __USER32_CS, arch/x86/include/asm/segment.h */
#define COMPATIBILITY_CODE_SEGMENT 0x23

#define GUARD_NICENESS (-15)
#define GUARD_SLICE_NS 5000000

static sigset_t inherited_mask;

static void reply(uint32_t kind, int error, int tgid, int tid, uint32_t count)
{
    struct lw_guard_packet m = {.kind = kind, .error = error, .tgid = tgid, .tid = tid, .count = count};
    send_packet(&m);
}

static void on_attach(const struct lw_guard_packet *c)
{
    uint32_t threads = 0;
    int tid = 0;
    int error = seize_process(c->tgid, &threads, &tid);
    reply(LW_MESSAGE_ATTACHED, error, c->tgid, tid, threads);
}

static void on_arm(const struct lw_guard_packet *c)
{
    struct process *p = process_find(c->tgid);
    if (!p || p->yielding) {
        reply(LW_MESSAGE_ARMED, p ? EBUSY : ESRCH, c->tgid, c->tgid, 0);
        return;
    }
    for (int s = 0; s < LW_GUARD_SLOTS; s++)
        if (c->mask & 1u << s)
            p->spec[s] = c->spec[s];
    p->arming_mask = c->mask;
    p->armed |= c->mask;
    if (guard.config.arming == LW_ARM_POKES)
        place_slots(p, c->mask);
    begin_arming(p);
}

static void on_disarm(const struct lw_guard_packet *c)
{
    struct lw_guard_packet m = {.kind = LW_MESSAGE_DISARMED, .tgid = c->tgid, .mask = c->mask};
    for (struct process *p = processes, *next; p; p = next) {
        next = p->next;
        if (c->tgid != 0 && p->tgid != c->tgid)
            continue;
        disarm_process(p, c->mask, &guard.config, &m);
        if (p->gone && !process_owes(p))
            process_remove(p); /* its counts are told: nothing is left of it */
    }
    if (guard.config.arming == LW_ARM_POKES)
        unpoke_process(c->tgid ? process_find(c->tgid) : NULL);
    send_packet(&m);
}

static void on_counts(const struct lw_guard_packet *c)
{
    struct lw_guard_packet m = {.kind = LW_MESSAGE_COUNTS, .tgid = c->tgid};
    for (struct process *p = processes; p; p = p->next)
        if (c->tgid == 0 || p->tgid == c->tgid)
            count_process(p, &m);
    send_packet(&m);
}

static void on_switch(const struct lw_guard_packet *c)
{
    struct process *p = process_find(c->tgid);
    if (p)
        switch_process(p, c->mask, c->kind == LW_COMMAND_RESUME);
    reply(LW_MESSAGE_SWITCHED, 0, c->tgid, 0, 0);
}

static void release_one(struct tracee *t, void *context)
{
    int tgid = *(int *)context;
    if (t->state == TRACEE_HELD && t->process && t->process->tgid == tgid)
        proceed(t, 0);
}

static void kick_one(struct tracee *t, void *context)
{
    int tgid = *(int *)context;
    /* A sleeping thread reloads its registers when it wakes, and shall not see EINTR for our sake. */
    if (t->process && t->process->tgid == tgid && t->state == TRACEE_RUNNING && thread_state(tgid, t->tid) == 'R')
        ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
}

/* An event that somebody has switched off comes on again; a register that the processor has lost is loaded at the next
 * switch to its thread. */
static void on_kick(const struct lw_guard_packet *c)
{
    int tgid = c->tgid;
    struct process *p = process_find(tgid);
    if (p)
        switch_process(p, p->armed, true);
    tracee_each(kick_one, &tgid);
}

/* The thread pointer, fs_base or in 32-bit code gs_base. */
static bool read_thread_pointer(int tid, struct lw_guard_packet *m)
{
    struct user_regs_struct regs;
    if (!read_registers(tid, &regs))
        return false;
    m->value[0] = regs.cs == COMPATIBILITY_CODE_SEGMENT ? regs.gs_base : regs.fs_base;
    return true;
}

/* What ptrace(2) has set; perf events are not seen this way. */
static bool read_debug_registers(int tid, struct lw_guard_packet *m)
{
    static const int numbers[] = {0, 1, 2, 3, 7};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        errno = 0;
        m->value[i] = (uint64_t)ptrace(PTRACE_PEEKUSER, tid, offsetof(struct user, u_debugreg[numbers[i]]), 0);
        if (errno != 0)
            return false;
    }
    return true;
}

/* Reads in a stop: a running thread's registers are in the CPU. */
static void on_registers(const struct lw_guard_packet *c, bool (*take)(int, struct lw_guard_packet *))
{
    struct lw_guard_packet m = {.kind = LW_MESSAGE_REGISTERS, .tid = c->tid, .error = ESRCH};
    struct tracee *t = tracee_find(c->tid);
    if (t && t->state != TRACEE_AWAY) {
        bool held = t->state == TRACEE_HELD;
        int status = 0;
        if (!held && ptrace(PTRACE_INTERRUPT, t->tid, 0, 0) == 0 && waitpid(t->tid, &status, __WALL) != t->tid)
            t = NULL;
        if (t && take(t->tid, &m))
            m.error = 0;
        if (t && !held)
            on_wait(c->tid, status);
    }
    send_packet(&m);
}

static void on_settle(const struct lw_guard_packet *c)
{
    if (!guard.config.share)
        return;
    settle_traps();
    __atomic_store_n(&guard.config.share->settled, c->value[0], __ATOMIC_SEQ_CST);
}

/* False where livewatcher is gone. */
static bool on_command(void)
{
    struct lw_guard_packet c;
    ssize_t n = recv(guard.config.socket_fd, &c, sizeof(c), 0);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (n != (ssize_t)sizeof(c))
        return false;
    switch (c.kind) {
    case LW_COMMAND_ATTACH:
        on_attach(&c);
        break;
    case LW_COMMAND_ARM:
        on_arm(&c);
        break;
    case LW_COMMAND_DISARM:
        on_disarm(&c);
        break;
    case LW_COMMAND_RELEASE:
        tracee_each(release_one, &c.tgid);
        break;
    case LW_COMMAND_KICK:
        on_kick(&c);
        break;
    case LW_COMMAND_DETACH:
        disarm_all();
        detach_all(guard.started == 0 || guard.started_ended);
        guard.detaching = true;
        reply(LW_MESSAGE_DETACHED, 0, 0, 0, 0);
        break;
    case LW_COMMAND_REGISTERS:
        on_registers(&c, read_thread_pointer);
        break;
    case LW_COMMAND_DEBUG_REGISTERS:
        on_registers(&c, read_debug_registers);
        break;
    case LW_COMMAND_COUNTS:
        on_counts(&c);
        break;
    case LW_COMMAND_SETTLE:
        on_settle(&c);
        break;
    case LW_COMMAND_SUSPEND:
    case LW_COMMAND_RESUME:
        on_switch(&c);
        break;
    case LW_COMMAND_YIELD:
        reply(LW_MESSAGE_YIELDED, yield_process(c.tgid), c.tgid, 0, 0);
        break;
    case LW_COMMAND_RETURN: {
        int tid = 0;
        int error = take_back(c.tgid, &tid);
        reply(LW_MESSAGE_RETURNED, error, c.tgid, tid, 0);
        break;
    }
    default:
        break;
    }
    return true;
}

/* A started target's child: waits until it is traced, then becomes the program. */
static void become_target(int gate, int report, const char *path, char *const argv[], char *const envp[])
{
    char go;
    while (read(gate, &go, 1) < 0 && errno == EINTR)
        continue;
    /* The .NET runtime ignores SIGPIPE, and an ignored signal survives execve(2). */
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
    /* Where kernel.yama.ptrace_scope is 1 only an ancestor may trace; the keeper is none. */
    if (guard.keeper > 0)
        prctl(PR_SET_PTRACER, guard.keeper);
    execve(path, argv, envp);
    int error = errno;
    if (write(report, &error, sizeof(error)) != (ssize_t)sizeof(error))
        _exit(126);
    _exit(127);
}

static void start_target(const char *path, char *const argv[], char *const envp[])
{
    int gate[2], report[2];
    if (pipe2(gate, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0) {
        reply(LW_MESSAGE_STARTED, errno, 0, 0, 0);
        _exit(1);
    }
    pid_t child = fork();
    if (child < 0) {
        reply(LW_MESSAGE_STARTED, errno, 0, 0, 0);
        _exit(1);
    }
    if (child == 0) {
        close(gate[1]); /* so that the guard's end is the last: closing it opens the gate */
        become_target(gate[0], report[1], path, argv, envp);
    }
    close(gate[0]);
    close(report[1]);
    int error = ptrace(PTRACE_SEIZE, child, 0, (void *)seize_options()) == 0 ? 0 : errno;
    if (error != 0) {
        kill(child, SIGKILL); /* still ours: not a line of the target has run */
        reply(LW_MESSAGE_STARTED, error, child, 0, 0);
        _exit(1);
    }
    guard.started = child;
    struct process *p = process_add(child);
    struct tracee *t = tracee_add(child);
    t->state = TRACEE_RUNNING;
    t->process = p;
    p->threads = 1;
    close(gate[1]);

    /* Until its exec it is our own code; then the exec stop. */
    for (;;) {
        int status;
        pid_t got = waitpid(child, &status, __WALL);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == child && WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_EXEC)
            break;
        if (got == child && WIFSTOPPED(status)) {
            ptrace(PTRACE_CONT, child, 0, (void *)(intptr_t)(status >> 16 ? 0 : WSTOPSIG(status)));
            continue;
        }
        if (read(report[0], &error, sizeof(error)) != (ssize_t)sizeof(error))
            error = ECHILD;
        reply(LW_MESSAGE_STARTED, error, child, 0, 0);
        _exit(1);
    }
    close(report[0]);
    t->state = TRACEE_HELD;
    reply(LW_MESSAGE_STARTED, 0, child, child, 1);
}

/* A process of which no thread could be stopped in time is not left behind armed: its next stop is awaited. */
static void end_if_free(void)
{
    if (anything_poked())
        return;
    for (struct process *p = processes; p; p = p->next)
        keeper_forgets(p);
    _exit(0);
}

/* Of two times to wait, -1 for ever. */
static int sooner(int one, int other)
{
    return one < 0 || (other >= 0 && other < one) ? other : one;
}

/* Whoever wakes with a shorter slice than we have goes first, and does not wait for the next tick (Linux 6.12; src/Livewatcher.Linux/Scheduling). */
static void lengthen_slice(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attr = {.size = sizeof(attr), .flags = 0x08 /* SCHED_FLAG_KEEP_POLICY */, .nice = getpriority(PRIO_PROCESS, 0), .runtime = GUARD_SLICE_NS};
    /* struct sched_attr, sched_setattr(2) */
    syscall(SYS_sched_setattr, 0, &attr, 0);
}

static void guard_main(const char *path, char *const argv[], char *const envp[])
{
    prctl(PR_SET_NAME, "lw-guard");
    close(guard.config.peer_fd);
    /* Each thread of the target takes a descriptor a slot. */
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    int buffer = 8 << 20;
    if (setsockopt(guard.config.socket_fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)) != 0)
        setsockopt(guard.config.socket_fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));

    /* Ctrl-C is for livewatcher and the target; we end when livewatcher does. */
    sigset_t all, children;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    signal(SIGCHLD, SIG_DFL);
    int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        _exit(1);
    if (guard.config.arming == LW_ARM_POKES && (guard.keeper = start_keeper()) < 0) {
        reply(path ? LW_MESSAGE_STARTED : LW_MESSAGE_ATTACHED, -guard.keeper, 0, 0, 0);
        _exit(1);
    }
    if (path)
        start_target(path, argv, envp);
    /* Threads stand while they wait for us: not longer than it takes, on a machine that thousands of others keep busy. Where we may not, it goes
     * as it goes. After the fork, for the target keeps the niceness that it was given. */
    if (getpriority(PRIO_PROCESS, 0) > GUARD_NICENESS)
        setpriority(PRIO_PROCESS, 0, GUARD_NICENESS);
    lengthen_slice();

    bool listening = true, arming = false;
    for (;;) {
        bool busy = serve_stops(arming) && !all_were_asked_for();
        arming = further_arming();
        busy |= arming;
        if (arming)
            give_way();
        if (guard.detaching && (guard.started == 0 || guard.started_ended))
            end_if_free();
        if (!listening)
            end_if_free();
        struct pollfd polled[2] = {{signals, POLLIN, 0}, {listening ? guard.config.socket_fd : -1, POLLIN, 0}};
        int patience = sooner(sooner(release_overdue(), awaited_patience()), sooner(adopt_orphans(), recount_overdue()));
        if (poll(polled, 2, busy ? 0 : patience) < 0 && errno != EINTR)
            _exit(1);
        /* Only one SIGCHLD is ever queued, for any number of stops: it is taken before they are asked for. */
        struct signalfd_siginfo info;
        if (polled[0].revents && read(signals, &info, sizeof(info)) < 0 && errno != EAGAIN && errno != EINTR)
            _exit(1);
        if (polled[1].revents)
            listening = on_command();
        if (!listening && !guard.detaching) {
            disarm_all();
            await_end_of(guard.livewatcher);
            detach_all(true);
        }
    }
}

int32_t lw_guard_start(const struct lw_guard_config *config, const char *path, char *const argv[], char *const envp[])
{
    pid_t livewatcher = getpid();
    sigset_t all;
    sigfillset(&all);
    /* A signal handler of the runtime must not run in the child. */
    sigprocmask(SIG_SETMASK, &all, &inherited_mask);
    pid_t child = fork();
    if (child == 0) {
        guard.config = *config;
        guard.livewatcher = livewatcher;
        guard_main(path, argv, envp);
    }
    int error = errno;
    sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
    return child < 0 ? -error : child;
}
