/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The guard: a single-threaded tracer process beside livewatcher.
 *
 * Contract. It holds the target's threads by PTRACE_SEIZE, arms each while that one is stopped for a moment, swallows
 * the stray SIGTRAPs of virtual machines and hands their hits over, and starts targets. It owns the perf events of
 * scope task, or, on backend ptrace, writes the threads' debug registers itself and takes every hit. It never writes to
 * the target's memory, and to its other registers only the resume flag (EFLAGS.RF).
 *
 * Why a process, why C, why one thread: do_exit() closes a process's descriptors (exit_files) before it lets its
 * tracees go (exit_notify), but only a process with a single thread has that order for sure. So whatever kills the
 * guard, the debug registers are free before the last swallower of stray traps is gone. And whatever kills
 * livewatcher, the guard sees its socket close, disarms, detaches and ends. A managed runtime has many threads.
 *
 * Non-goals: names, values' meaning, policy. Those live in C#.
 */
#ifndef LIVEWATCHER_GUARD_H
#define LIVEWATCHER_GUARD_H

#include <stdint.h>

#include "watch_event.h"

/* Slots 0 to 3 are the user's; the fifth is the breakpoint on the loader's r_brk, which stops instead of recording. */
#define LW_LOADER_SLOT LW_SLOTS
#define LW_GUARD_SLOTS (LW_SLOTS + 1)

enum lw_guard_command {
    LW_COMMAND_ATTACH = 1,    /* tgid: seize all its threads to a fixpoint; answer: ATTACHED */
    LW_COMMAND_ARM = 2,       /* tgid, mask, specs: arm in every thread; answer: ARMED */
    LW_COMMAND_DISARM = 3,    /* tgid (0: all), mask: answer: DISARMED with the kernel's counts */
    LW_COMMAND_RELEASE = 4,   /* tgid: let a held process go on; no answer */
    LW_COMMAND_KICK = 5,      /* tgid: switch its events on, and make every running thread reload its debug registers; no answer */
    LW_COMMAND_DETACH = 6,    /* disarm, detach all; answer: DETACHED. Then wait for a started target's end, or end */
    LW_COMMAND_REGISTERS = 7, /* tid: answer: REGISTERS, value[0] = thread pointer */
    LW_COMMAND_COUNTS = 8,    /* tgid (0: all): answer: COUNTS */
    LW_COMMAND_SETTLE = 9,    /* value[0]: goes to lw_trap_share.settled when the hits of every thread that stands in one are
                                 told; no answer */
    LW_COMMAND_DEBUG_REGISTERS = 10, /* tid: answer: REGISTERS, value[0] to value[3] = DR0 to DR3, value[4] = DR7, by PEEKUSER */
    LW_COMMAND_SUSPEND = 11, /* tgid, mask: switches the events of these slots off, gone threads' too, from which others have
                                inherited; answer: SWITCHED */
    LW_COMMAND_RESUME = 12,  /* and on again */
    LW_COMMAND_YIELD = 13,   /* tgid: stops it for job control and lets go of its threads, which stay armed by events: another
                                tracer's turn; answer: YIELDED */
    LW_COMMAND_RETURN = 14,  /* tgid: seizes them again, and lets it go on unless it was stopped before; answer: RETURNED */
};

enum lw_guard_message {
    LW_MESSAGE_STARTED = 101,   /* tgid: the started target, held at its exec; or error */
    LW_MESSAGE_ATTACHED = 102,  /* tgid, count: threads; or error, tid */
    LW_MESSAGE_ARMED = 103,     /* tgid, mask, count: threads armed; or error, tid, slot */
    LW_MESSAGE_DISARMED = 104,  /* value[slot]: counted by the kernel */
    LW_MESSAGE_EXEC = 105,      /* tgid: has executed another program, is unarmed and held; value[0]: time */
    LW_MESSAGE_LOADER = 106,    /* tgid, tid: at the loader's breakpoint, held */
    LW_MESSAGE_HIT = 107,       /* an lw_guard_hit, an lw_record and its stack */
    LW_MESSAGE_EXIT = 108,      /* tgid, status: as wait(2) gives it; every thread is gone */
    LW_MESSAGE_FORKED = 109,    /* tgid: parent, tid: the followed child, value[0]: time */
    LW_MESSAGE_DETACHED = 110,
    LW_MESSAGE_REGISTERS = 111,
    LW_MESSAGE_COUNTS = 112,
    LW_MESSAGE_EXITING = 113,   /* tgid, tid: its last thread ends and is held, its memory still there; mask, value[]: slots
                                   that hold what no hit explains so far */
    LW_MESSAGE_TRAPPED = 114,   /* an lw_record and its stack: a hit of backend ptrace */
    LW_MESSAGE_SWITCHED = 115,
    LW_MESSAGE_YIELDED = 116,   /* tgid; or error: EBUSY where it is being armed, or a thread is held or does not stop */
    LW_MESSAGE_RETURNED = 117,  /* tgid; or error, tid: that thread could not be seized again */
    LW_MESSAGE_ARMING = 118,    /* tgid, count: threads armed so far, of value[0]; twice a second while ARM takes long */
};

/* What loads the debug registers. */
enum lw_arming {
    LW_ARM_EVENTS = 0, /* perf events; a hit is the kernel's business */
    LW_ARM_POKES = 1,  /* PTRACE_POKEUSER; a hit is a SIGTRAP, and ours */
};

/* What a debug register shall hold; length in bytes (sizeof(long) for execution, as perf wants it). */
struct lw_slot_spec {
    uint64_t address;
    uint32_t length;
    uint32_t type; /* HW_BREAKPOINT_W 2, HW_BREAKPOINT_RW 3, HW_BREAKPOINT_X 4 (linux/hw_breakpoint.h) */
};

/* Both ways over one SOCK_SEQPACKET socket. error is an errno, 0 for none. */
struct lw_guard_packet {
    uint32_t kind;
    int32_t error;
    int32_t tgid;
    int32_t tid;
    int32_t status;
    uint32_t mask;
    uint32_t slot;
    uint32_t count;
    uint64_t value[LW_GUARD_SLOTS];
    struct lw_slot_spec spec[LW_GUARD_SLOTS];
    uint64_t idle[LW_GUARD_SLOTS];   /* with counts: ns in which a slot's events were enabled and in no debug register */
    uint32_t failed[LW_GUARD_SLOTS]; /* with counts: a slot's events in an error state */
};

/* Less is the kernel's own fuzz (Arming/EventReading). */
#define LW_IDLE_NS 100000

/* Follows the packet of LW_MESSAGE_HIT: each armed data slot's last value and the memory now. The processor did not
 * say which slot was hit; the instruction will. */
struct lw_guard_hit {
    uint32_t valid_mask;
    uint32_t lost_before; /* recovered hits whose detail found the socket full */
    uint64_t old_value[LW_SLOTS];
    uint64_t new_value[LW_SLOTS];
    struct lw_record record; /* stack_length bytes of stack follow */
};

/* What a perf ring's sample holds, in the order of perf_event_open(2): identifier, ip, pid and tid, time, addr, cpu,
 * user registers, user stack, interrupted registers. The user's registers are those of arch/x86/include/uapi/asm/perf_regs.h: AX to R15 without the
 * segments DS, ES, FS and GS, which perf refuses; of the interrupted code's, the kernel's at a hit there, CX and DI, which
 * tell how far a copy has come. */
#define LW_PERF_SAMPLE_TYPE                                                                                            \
    (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |                 \
     PERF_SAMPLE_CPU | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER |                \
     PERF_SAMPLE_REGS_INTR)
#define LW_PERF_SAMPLE_REGISTERS 0xff0fffull
#define LW_PERF_INTERRUPTED_REGISTERS 0x24ull

#define LW_MAX_CPUS 1024

struct lw_trap_share;

struct lw_guard_config {
    struct lw_slot_state *slots; /* shared with the BPF program; NULL without BPF */
    struct lw_trap_share *share; /* backend ptrace; NULL without it */
    struct lw_arising *arisings; /* watches that arm themselves, shared with the BPF program; NULL without them */
    struct lw_instance *instances;
    int32_t socket_fd;           /* the guard's end */
    int32_t peer_fd;             /* livewatcher's end, closed in the guard */
    int32_t program_fds[LW_SLOTS]; /* one BPF program a slot; -1: arming is not the guard's business */
    int32_t targets_fd;          /* map tgid -> struct lw_target; -1 without BPF */
    int32_t follow_fork;
    uint32_t stack_bytes;
    int32_t exclude_kernel;      /* 1 where kernel.perf_event_paranoid hides the kernel's accesses */
    int32_t rings;               /* backend perf: CPUs; 0 with BPF */
    uint32_t ring_watermark;     /* bytes in a ring that wake its reader */
    uint32_t arming;             /* enum lw_arming */
    int32_t ring_fds[LW_MAX_CPUS]; /* backend perf: per CPU an event that owns a mapped ring; -1 where offline */
};

#if defined(__GNUC__)
#define LW_EXPORT __attribute__((visibility("default")))
#else
#define LW_EXPORT
#endif

/* Forks the guard. path NULL: it waits for LW_COMMAND_ATTACH. Otherwise it starts path with argv and envp, stopped at
 * its exec, and sends STARTED. Returns the guard's pid, or -errno. */
LW_EXPORT int32_t lw_guard_start(const struct lw_guard_config *config, const char *path, char *const argv[],
                                 char *const envp[]);

#endif
