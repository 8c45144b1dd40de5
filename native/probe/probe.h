/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The probe: a target of livewatcher's own, for "livewatcher doctor" to try things on.
 *
 * Contract. A child process that writes, reads and starts threads as it is told, counts what it has done, and survives
 * the stray SIGTRAPs of virtual machines by counting them too. It does nothing by itself, touches nobody else, and ends
 * with its parent, whatever ends that.
 *
 * Non-goals: arming, judging. Those live in C#.
 */
#ifndef LIVEWATCHER_PROBE_H
#define LIVEWATCHER_PROBE_H

#include <stdint.h>

#if defined(__GNUC__)
#define LW_EXPORT __attribute__((visibility("default")))
#else
#define LW_EXPORT
#endif

#define LW_PROBE_BATCHES 1024

enum lw_probe_kind {
    LW_PROBE_BURST = 1, /* count writes to word, shared out among one or two threads */
    LW_PROBE_CHAIN = 2, /* count threads, each started by the one before, write once each and end */
    LW_PROBE_READ = 3,  /* count times the kernel writes word: read(2) of 8 bytes from a pipe */
    LW_PROBE_TRACE = 4, /* traces a child of its own by PTRACE_SEIZE, as "livewatcher run" does */
    LW_PROBE_POKE = 5,  /* has a child write word count times, its debug registers written by PTRACE_POKEUSER; others counts
                           the hits */
};

/* One packet over a SOCK_SEQPACKET socket; the answer is the order's kind when it is done. */
struct lw_probe_order {
    uint32_t kind;
    uint32_t count;
    uint32_t threads;     /* 1 or 2; BURST only */
    uint32_t batch;       /* writes between two looks at the clock; BURST only */
    uint32_t patience_ms; /* after which it stops with fewer than count */
};

/* Shared by parent and probe. All but word is about the last order. */
struct lw_probe_page {
    volatile uint64_t word; /* the memory to watch; alone in its cache line */
    uint64_t padding[7];
    uint64_t writes;  /* done: writes, threads or reads */
    uint64_t strays;  /* SIGTRAPs with si_code TRAP_BRKPT: a #DB whose DR6 was lost */
    uint64_t others;  /* SIGTRAPs of other kinds */
    uint32_t batches; /* of the first thread */
    int32_t error;    /* errno of what the order could not do; 0 */
    uint64_t batch_ns[LW_PROBE_BATCHES];
};

struct lw_probe {
    struct lw_probe_page *page;
    int32_t pid;
    int32_t socket_fd;
};

/* Forks the probe. 0 or -errno. The calling thread must live as long as the probe shall: PR_SET_PDEATHSIG. */
LW_EXPORT int32_t lw_probe_start(struct lw_probe *probe);

/* Ends it and frees all of it. Returns its status as wait(2) gives it: SIGKILL where it was alive till now. */
LW_EXPORT int32_t lw_probe_end(struct lw_probe *probe);

/* Has a process that is not its ancestor read a word of the probe's memory. 0 or errno. */
LW_EXPORT int32_t lw_probe_peek(int32_t pid, uint64_t address);

#endif
