/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "chain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "kernel.h"
#include "lock.h"

#define SIGNALS 65 /* 1 to 64 */

/* What stood there before us. Two, so that a handler in another thread reads one while the other is written: `latest` counts the
 * installations, its last bit says which. `first` is for a program whose later handler passes on to the one before it, to us. */
static struct {
    struct sigaction first;
    struct sigaction recent[2];
    uint32_t latest;
    bool spent; /* SA_RESETHAND of the latest */
} before[SIGNALS];

static __thread uint64_t passing __attribute__((tls_model("initial-exec")));

int lw_chain_install(int signal, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction now, ours;
    int kept = errno;
    if (signal < 1 || signal >= SIGNALS)
        return EINVAL;
    if (sigaction(signal, NULL, &now) != 0)
        goto failed;
    if (now.sa_flags & SA_SIGINFO && now.sa_sigaction == handler)
        return 0;
    uint32_t next = before[signal].latest + 1;
    if (next == 1)
        before[signal].first = now;
    before[signal].recent[next & 1] = now;
    __atomic_store_n(&before[signal].spent, false, __ATOMIC_RELAXED);
    __atomic_store_n(&before[signal].latest, next, __ATOMIC_RELEASE);

    bool handled = now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN;
    ours.sa_sigaction = handler;
    ours.sa_mask = now.sa_mask;
    if (!handled)
        sigemptyset(&ours.sa_mask);
    /* The program's handler runs as it has asked for. Where it has none, the way of least effect. */
    ours.sa_flags = SA_SIGINFO | (handled ? now.sa_flags & (SA_ONSTACK | SA_RESTART | SA_NODEFER) : SA_ONSTACK | SA_RESTART);
    if (sigaction(signal, &ours, NULL) == 0)
        return 0;
failed:;
    int error = errno;
    errno = kept;
    return error;
}

static bool ignored_by_default(int signal)
{
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
}

/* End as the program would have ended: the same signal with the same cause, delivered when the handler returns. */
static void take_default(int signal, siginfo_t *info)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    long process = lw_kernel(SYS_getpid, 0, 0, 0, 0, 0, 0), thread = lw_kernel(SYS_gettid, 0, 0, 0, 0, 0, 0);
    if (ignored_by_default(signal))
        return;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
    if (lw_kernel(SYS_rt_tgsigqueueinfo, process, thread, signal, (long)info, 0, 0) != 0)
        lw_kernel(SYS_tgkill, process, thread, signal, 0, 0, 0);
}

static void pass(const struct sigaction *to, int signal, siginfo_t *info, void *context)
{
    if (to->sa_flags & SA_SIGINFO)
        to->sa_sigaction(signal, info, context);
    else if (to->sa_handler == SIG_DFL)
        take_default(signal, info);
    else if (to->sa_handler != SIG_IGN)
        to->sa_handler(signal);
    else if (signal == SIGTRAP && info->si_code > 0)
        take_default(signal, info); /* a trap of the processor cannot be ignored (force_sig_info_to_task, kernel/signal.c) */
}

void lw_chain_pass(int signal, siginfo_t *info, void *context)
{
    static const struct sigaction nothing = {.sa_handler = SIG_DFL};
    uint32_t latest = __atomic_load_n(&before[signal].latest, __ATOMIC_ACQUIRE);
    uint64_t bit = 1ull << (signal - 1);
    if (latest > 1 && passing & bit) {
        pass(&before[signal].first, signal, info, context);
        return;
    }
    const struct sigaction *to = &before[signal].recent[latest & 1];
    if (to->sa_flags & (int)SA_RESETHAND && __atomic_exchange_n(&before[signal].spent, true, __ATOMIC_ACQ_REL))
        to = &nothing;
    passing |= bit;
    pass(to, signal, info, context);
    passing &= ~bit;
}
