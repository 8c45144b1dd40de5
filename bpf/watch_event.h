/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The records that the BPF program, the guard and the C# side share. Explicit widths, explicit padding, a version.
 * src/Livewatcher.Linux/Records mirrors it; tests/Linux.Tests compiles this header and compares sizes and offsets.
 */
#ifndef LIVEWATCHER_WATCH_EVENT_H
#define LIVEWATCHER_WATCH_EVENT_H

#ifndef __bpf__
#include <stdint.h>
typedef uint64_t lw_u64;
typedef uint32_t lw_u32;
typedef uint16_t lw_u16;
typedef uint8_t lw_u8;
#else
typedef __u64 lw_u64;
typedef __u32 lw_u32;
typedef __u16 lw_u16;
typedef __u8 lw_u8;
#endif

#define LW_RECORD_VERSION 3

/* x86 has DR0 to DR3. */
#define LW_SLOTS 4

/* Processes watched at a time, followed children included. */
#define LW_PROCESSES 4096

/* Most bytes of user stack in a record; a per-CPU array value may not exceed 32 KiB (PCPU_MIN_UNIT_SIZE). */
#define LW_STACK_MAX 16384

/* struct pt_regs of x86-64, arch/x86/include/uapi/asm/ptrace.h. */
#define LW_REGISTERS 21

enum lw_record_kind {
    LW_RECORD_HIT = 1,
    LW_RECORD_FORK = 2, /* tgid: child, tid: the thread that forked, address: the parent's tgid */
    LW_RECORD_EXEC = 3, /* tgid: who, its watches are off from here; address: its process index */
    LW_RECORD_EXIT = 4, /* tgid: who, its last thread is going; address: its process index */
};

enum lw_record_flags {
    LW_KERNEL = 1,        /* the access was made by the kernel; regs are those at the system call */
    LW_OLD_VALID = 2,
    LW_NEW_VALID = 4,
    LW_STACK_END = 8,     /* the copy of the stack ends where readable memory ends */
    LW_STACK_UNREAD = 16, /* not one byte of the stack could be read */
    LW_RECOVERED = 32,    /* from the guard, not from the kernel's event */
};

/* One record of the ring; stack_length bytes of user stack follow it. */
struct lw_record {
    lw_u16 kind;
    lw_u16 version;
    lw_u16 slot;
    lw_u16 flags;
    lw_u64 time;       /* CLOCK_MONOTONIC, ns */
    lw_u32 tgid;
    lw_u32 tid;
    lw_u32 cpu;
    lw_u32 stack_length;
    lw_u64 address;    /* of the breakpoint */
    lw_u64 old_value;  /* little endian in the low bytes */
    lw_u64 new_value;
    lw_u64 kernel_ip;  /* with LW_KERNEL: the kernel's rip, rdi and rcx */
    lw_u64 kernel_di;
    lw_u64 kernel_cx;
    lw_u64 registers[LW_REGISTERS];
    char comm[16];
    lw_u32 sibling_mask; /* slots of the same watch that were found changed along with this one */
    lw_u32 length;       /* bytes of the slot: 1, 2, 4, 8; 0 for execution */
    lw_u64 sibling_old[LW_SLOTS];
    lw_u64 sibling_new[LW_SLOTS];
};

/* Set by livewatcher before the program is loaded; constant for the verifier. */
struct lw_settings {
    lw_u64 wake_bytes;  /* records waiting in the ring that wake the drainer at once */
    lw_u32 stack_bytes; /* of user stack to copy, 0 to LW_STACK_MAX */
    lw_u32 follow_fork; /* 1: children are watched from their first instruction */
    /* The flood limit. A watch's hits use up its allowance of time, which comes in as fast as time goes by. */
    lw_u64 flood_burst_ns; /* allowance that may be used in advance; 0: no limit */
    lw_u64 flood_hit_ns;   /* what a recorded hit uses at least */
    lw_u32 flood_trap_ns;  /* what the trap costs beside this program's run */
    lw_u32 flood_factor;   /* 1024ths of allowance for each ns spent in a hit */
    lw_u32 flood_all;      /* 1: hits that are not recorded use it too */
    lw_u32 padding;
};

/* What is armed in one slot of one process, its last value seen and its account. Index: process * LW_SLOTS + slot.
 * Shared by mmap: the BPF program counts and exchanges last_value, the audit and the guard read and correct it. */
struct lw_slot_state {
    lw_u64 address; /* 0: not armed */
    lw_u64 last_value;
    lw_u64 counted;
    lw_u64 recorded;
    lw_u64 filtered;
    lw_u64 dropped;
    lw_u32 length; /* bytes of value: 1, 2, 4, 8; 0 for execution */
    lw_u32 mode;   /* 0 execute, 1 write, 3 access */
    lw_u32 siblings; /* mask of the other slots of the same watch: a wide store may change them and be told for one only */
    lw_u32 flags;    /* enum lw_slot_flags; may change while the slot is armed */
    lw_u64 skipped;  /* counted, and beyond the flood limit */
    lw_u64 used;     /* CLOCK_MONOTONIC ns up to which the allowance is used; of the slot that meter names */
    lw_u32 meter;    /* index of the slot whose allowance this one's hits use: its watch's first */
    lw_u32 stale;    /* 1: it was off for a while, so last_value may not be what the next hit finds */
};

enum lw_slot_flags {
    LW_SLOT_CHANGES_ONLY = 1, /* an access that leaves the value as it was is filtered */
    LW_SLOT_SIGNAL = 2,       /* the accessing thread receives SIGTRAP at the access */
};

/* Counters of the whole session. */
struct lw_session_state {
    lw_u64 foreign;       /* accesses by processes nobody watches */
    lw_u64 untracked;     /* followed children for whom no process index was free */
    lw_u64 threads;       /* threads created in watched processes since the start */
    lw_u64 lost_notices;  /* fork, exec and exit records that found the ring full */
};

#endif
