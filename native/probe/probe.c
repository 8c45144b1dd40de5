/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The probe's life: start, take orders, end with its parent.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orders.h"

static struct lw_probe_page *traps_page;

static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    /* exc_debug_user() sends TRAP_BRKPT where DR6 names no cause (arch/x86/kernel/traps.c). */
    __atomic_fetch_add(info->si_code == TRAP_BRKPT ? &traps_page->strays : &traps_page->others, 1, __ATOMIC_RELAXED);
}

/* The runtime's handlers and mask were inherited; a target has the defaults. */
static void reset_signals(void)
{
    for (int s = 1; s < NSIG; s++)
        if (s != SIGKILL && s != SIGSTOP)
            signal(s, SIG_DFL);
    /* Not deferred: the next write may trap again before this one's handler has returned. */
    struct sigaction trap = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER};
    sigaction(SIGTRAP, &trap, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* As a target that the same user has started: dumpable, so that it may be traced, and without the capabilities that the
 * file of livewatcher may have. Root's targets have root's. */
static void become_ordinary(void)
{
    if (geteuid() != 0) {
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
        syscall(SYS_capset, &header, none);
    }
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    prctl(PR_SET_DUMPABLE, 1);
}

static void follow(struct lw_probe_page *page, const struct lw_probe_order *order)
{
    page->writes = page->strays = page->others = 0;
    page->batches = 0;
    page->error = 0;
    switch (order->kind) {
    case LW_PROBE_BURST:
        probe_burst(page, order);
        break;
    case LW_PROBE_CHAIN:
        probe_chain(page, order);
        break;
    case LW_PROBE_READ:
        probe_read(page, order);
        break;
    case LW_PROBE_TRACE:
        probe_trace(page);
        break;
    case LW_PROBE_POKE:
        probe_poke(page, order);
        break;
    default:
        page->error = EINVAL;
        break;
    }
}

void probe_end_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
}

static void probe_main(struct lw_probe_page *page, int socket_fd, pid_t parent)
{
    probe_end_with(parent);
    prctl(PR_SET_NAME, "lw-probe");
    traps_page = page;
    become_ordinary();
    reset_signals();
    /* Whoever waits for the end of livewatcher's output shall not wait for ours. (Linux 5.9; without it we keep them.) */
    if (socket_fd > 0)
        syscall(SYS_close_range, 0, socket_fd - 1, 0);
    syscall(SYS_close_range, socket_fd + 1, ~0u, 0);

    for (;;) {
        struct lw_probe_order order;
        ssize_t n = recv(socket_fd, &order, sizeof(order), 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != (ssize_t)sizeof(order))
            _exit(0);
        follow(page, &order);
        while (send(socket_fd, &order.kind, sizeof(order.kind), MSG_NOSIGNAL) < 0 && errno == EINTR)
            continue;
    }
}

int32_t lw_probe_start(struct lw_probe *probe)
{
    int pair[2];
    struct lw_probe_page *page =
        mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return -errno;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        int error = errno;
        munmap(page, sizeof(*page));
        return -error;
    }
    pid_t parent = getpid();
    sigset_t all, before;
    sigfillset(&all);
    /* A signal handler of the runtime must not run in the child. */
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0)
        probe_main(page, pair[1], parent);
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(pair[1]);
    if (child < 0) {
        close(pair[0]);
        munmap(page, sizeof(*page));
        return -error;
    }
    *probe = (struct lw_probe){page, child, pair[0]};
    return 0;
}

int32_t lw_probe_end(struct lw_probe *probe)
{
    int status = 0;
    kill(probe->pid, SIGKILL); /* ours until we have waited for it: its number cannot be another's */
    while (waitpid(probe->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(probe->socket_fd);
    munmap(probe->page, sizeof(*probe->page));
    return status;
}
