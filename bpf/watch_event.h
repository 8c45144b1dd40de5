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
typedef int64_t lw_s64;
typedef uint32_t lw_u32;
typedef uint16_t lw_u16;
typedef uint8_t lw_u8;
#else
typedef __u64 lw_u64;
typedef __s64 lw_s64;
typedef __u32 lw_u32;
typedef __u16 lw_u16;
typedef __u8 lw_u8;
#endif

#define LW_RECORD_VERSION 5

/* x86 has DR0 to DR3. */
#define LW_SLOTS 4

/* Processes watched at a time, followed children included. */
#define LW_PROCESSES 4096

/* Most bytes of user stack in a record; a per-CPU array value may not exceed 32 KiB (PCPU_MIN_UNIT_SIZE). */
#define LW_STACK_MAX 16384

/* Threads whose stacks' tops are remembered, by the last bits of the tid. */
#define LW_STACK_TOPS 4096

/* Where a thread's stack begins, as somebody who has unwound it has found: above it is no frame. One word, so that it is exchanged at once: the
 * address in units of 16 bytes above LW_STACK_TOP_TAG bits of the tid, those that LW_STACK_TOPS leaves of it (there are at most 2^22 threads:
 * PID_MAX_LIMIT, include/linux/threads.h). 0: nobody has said; an address of ones: it is not to be bounded at all. */
#define LW_STACK_TOP_TAG 10

/* struct pt_regs of x86-64, arch/x86/include/uapi/asm/ptrace.h. */
#define LW_REGISTERS 21

enum lw_record_kind {
    LW_RECORD_HIT = 1,
    LW_RECORD_FORK = 2, /* tgid: child, tid: the thread that forked, address: the parent's tgid */
    LW_RECORD_EXEC = 3, /* tgid: who, its watches are off from here; address: its process index */
    LW_RECORD_ARISEN = 5, /* slot, address, length: what it is armed on from here; old_value: the frame or block it is in; registers, stack: where */
    LW_RECORD_FREED = 6,  /* the same of a block that is freed, and that the slot stays armed on */
};

enum lw_record_flags {
    LW_KERNEL = 1,        /* the access was made by the kernel; regs are those at the system call */
    LW_OLD_VALID = 2,
    LW_NEW_VALID = 4,
    LW_STACK_END = 8,     /* the copy of the stack ends where readable memory ends */
    LW_STACK_UNREAD = 16, /* not one byte of the stack could be read */
    LW_RECOVERED = 32,    /* from the guard, not from the kernel's event */
    LW_DECIDED = 64,      /* the slot's condition was decided, and holds */
    LW_UNDECIDED = 128,   /* it could not be decided: what it asks for is not known or cannot be read */
    LW_COUNTED = 256,     /* counted for the slot's order */
    LW_SENT = 512,        /* and the order's signal was sent at it */
    LW_STEPPED = 1024,    /* the instruction is one that has a probe; it ran in a copy of itself, and RIP is where it would have been */
    LW_STACK_KNOWN = 2048, /* the copy of the stack ends where this thread's stack is taken to begin (LW_STACK_TOPS) */
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
    lw_u32 order_error; /* errno of a signal that could not be sent at this hit; 0: none */
    lw_u32 padding;
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
    lw_u32 conditions;     /* 1: slots may have conditions or ranges; 0 leaves all of that out of the loaded program */
    lw_u32 orders;         /* 1: slots may have orders */
    lw_u32 arisings;       /* 1: there may be watches that arm themselves */
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
    lw_u64 ranges;   /* code whose hits are filtered: index of the first range in the low half, how many in the high one; one
                        word, so that a list is exchanged for another at once */
    lw_u32 condition; /* index of its condition; 0: none */
    lw_u32 order;     /* index of its order; 0: none */
    lw_u64 looks;     /* begun by whoever reads the memory and leaves what he finds as last_value (bpf/watch.bpf.c, exchange()) */
};

enum lw_slot_flags {
    LW_SLOT_CHANGES_ONLY = 1, /* an access that leaves the value as it was is filtered */
    LW_SLOT_SIGNAL = 2,       /* the accessing thread receives SIGTRAP at the access */
};

/* Others may begin without end. */
#define LW_LOOKS_AGAIN 8

/* A watch's condition, compiled. Index 0 of the array is none. */
#define LW_CONDITIONS 1024
#define LW_CONDITION_STEPS 64
#define LW_CONDITION_REGISTERS 16
#define LW_CONDITION_VARIABLES 8

/* In place of a step's register b: its value. */
#define LW_IMMEDIATE 0xff

enum lw_verdict {
    LW_VERDICT_FAILS = 0,
    LW_VERDICT_HOLDS = 1,
    LW_VERDICT_UNDECIDED = 2,
};

/* "to", "a" and "b" are registers. */
enum lw_condition_op {
    LW_OP_CONSTANT = 1,
    LW_OP_VARIABLE = 2, /* extra: enum lw_condition_variable */
    LW_OP_LOAD = 3,     /* extra bytes at a + value */
    LW_OP_SIGN_EXTEND = 4, /* the low extra bits of a */
    LW_OP_ZERO_EXTEND = 5,
    LW_OP_ADD = 6,
    LW_OP_SUBTRACT = 7,
    LW_OP_MULTIPLY = 8,
    LW_OP_AND = 9,
    LW_OP_OR = 10,
    LW_OP_XOR = 11,
    LW_OP_SHIFT_LEFT = 12,
    LW_OP_SHIFT_RIGHT = 13,
    LW_OP_SHIFT_RIGHT_SIGNED = 14,
    LW_OP_DIVIDE = 15,
    LW_OP_REMAINDER = 16,
    LW_OP_DIVIDE_SIGNED = 17,
    LW_OP_REMAINDER_SIGNED = 18,
    LW_OP_EQUAL = 19,
    LW_OP_NOT_EQUAL = 20,
    LW_OP_LESS = 21,
    LW_OP_LESS_OR_EQUAL = 22,
    LW_OP_LESS_SIGNED = 23,
    LW_OP_LESS_OR_EQUAL_SIGNED = 24,
    LW_OP_EQUAL_REAL = 25, /* the bits of doubles */
    LW_OP_LESS_REAL = 26,
    LW_OP_LESS_OR_EQUAL_REAL = 27,
    LW_OP_NOT = 28,
    LW_OP_WIDEN_REAL = 29, /* float to double */
    LW_OP_REAL_OF_SIGNED = 30,
    LW_OP_REAL_OF_UNSIGNED = 31,
    LW_OP_SKIP_IF_ZERO = 32, /* extra steps, where a is 0 */
    LW_OP_SKIP_UNLESS_ZERO = 33,
};

enum lw_condition_variable {
    LW_VARIABLE_NEW = 0,
    LW_VARIABLE_OLD = 1,
    LW_VARIABLE_THREAD = 2,
    LW_VARIABLE_PROCESS = 3,
    LW_VARIABLE_CPU = 4,
    LW_VARIABLE_COUNT = 5,
    LW_VARIABLE_NAME_START = 6,
    LW_VARIABLE_NAME_END = 7,
};

struct lw_condition_step {
    lw_u8 op;
    lw_u8 to;
    lw_u8 a;
    lw_u8 b;
    lw_u32 extra;
    lw_u64 value;
};

struct lw_condition {
    lw_u64 count;  /* hits of its watch so far */
    lw_u32 length; /* steps */
    lw_u32 flags;  /* enum lw_condition_flags */
    struct lw_condition_step steps[LW_CONDITION_STEPS];
};

enum lw_condition_flags {
    LW_CONDITION_VALUES = 1, /* asks for old or new: the bytes of a system call's copy come one by one, and are left to user space */
};

/* Code whose hits are filtered, from start on and before end; the lists of all slots, each in order. While an entry is
 * written its end is 0: then it holds nothing. */
#define LW_RANGES 65536
#define LW_RANGES_MOST 4096 /* of one list */

struct lw_range {
    lw_u64 start;
    lw_u64 end;
};

/* A signal that is sent at the reported hits of a watch, in all its slots and processes. Index 0 of the array is none. */
#define LW_ORDERS 64

struct lw_order {
    lw_u64 after;   /* from this reported hit on, from 1 */
    lw_u64 counted; /* reported hits so far */
    lw_u64 taken;   /* with LW_ORDER_ONCE: 1 when it is carried out */
    lw_u64 sent;
    lw_u64 failed;
    lw_u32 signal;  /* of signal(7) */
    lw_u32 flags;   /* enum lw_order_flags */
    lw_u32 error;   /* errno of the last that failed */
    lw_u32 padding;
};

enum lw_order_flags {
    LW_ORDER_THREAD = 1, /* to the accessing thread; otherwise to its process */
    LW_ORDER_ONCE = 2,
};

/* Watches that arm themselves (arising.bpf.h). Each has debug registers of its own, so there are as many at most. */
#define LW_ARISINGS LW_SLOTS
#define LW_PLACES 1024 /* instructions with a probe */

enum lw_place_kind {
    LW_PLACE_ENTER = 1,     /* a function's frame has come into being */
    LW_PLACE_LEAVE = 2,     /* it is about to be left */
    LW_PLACE_ALLOCATE = 3,  /* entry of an allocation function */
    LW_PLACE_ALLOCATED = 4, /* and its return */
    LW_PLACE_FREE = 5,      /* entry of free() */
    LW_PLACE_FREED = 6,     /* and its return */
    LW_PLACE_JUMP = 7,      /* a jump, in place of a call and a return, to what may be an allocation function */
    LW_PLACE_REACH = 8,     /* an object is named here: at a function's entry, at its return, or amid it */
    LW_PLACE_RELEASE = 9,   /* entry of the function that ends all objects of the watch */
};

/* The pointers that lead to an object, one from the other. */
#define LW_POINTERS 8

/* In place of a register: the way begins at 0. */
#define LW_NO_REGISTER 0xff

/* Where an allocation function has what it is told. */
enum lw_allocator {
    LW_ALLOCATOR_SIZE = 1,         /* malloc(size), operator new(size) */
    LW_ALLOCATOR_PRODUCT = 2,      /* calloc(count, size) */
    LW_ALLOCATOR_SECOND = 3,       /* aligned_alloc(alignment, size) */
    LW_ALLOCATOR_RESIZE = 4,       /* realloc(block, size) */
    LW_ALLOCATOR_INDIRECT = 5,     /* posix_memalign(&block, alignment, size) */
};

struct lw_place {
    lw_u32 kind;
    lw_u32 watch;       /* of ENTER, LEAVE, REACH and RELEASE */
    lw_u32 base;        /* of ENTER, LEAVE and REACH: the register, in the order of struct pt_regs, that the frame's address is computed from */
    lw_u32 allocator;   /* enum lw_allocator, of ALLOCATE and ALLOCATED */
    lw_s64 offset;      /* frame (the CFA) = base + offset */
    lw_u32 start;       /* of REACH: the register with the first pointer, in the same order, or LW_NO_REGISTER */
    lw_u32 pointers;    /* how many offsets there are, from 1; between two of them a pointer is read */
    lw_s64 offsets[LW_POINTERS]; /* object = *(*(start + offsets[0]) + offsets[1]) + ... */
};

enum lw_arising_policy {
    LW_ARISING_NEWEST = 0,  /* where no register is free, the newcomer takes the oldest one's */
    LW_ARISING_OLDEST = 1,  /* it is left out */
    LW_ARISING_SAMPLED = 2, /* each has the same chance (a reservoir) */
};

enum lw_arising_flags {
    LW_ARISING_HEAP = 1,         /* blocks; without this and the next, frames */
    LW_ARISING_AFTER_FREE = 2,   /* stays armed when the block is freed, until its memory is given out again */
    LW_ARISING_OBJECT = 4,       /* objects that are named at an instruction */
    LW_ARISING_UNTIL_RETURN = 8, /* as long as a frame is there that has named it */
    LW_ARISING_UNTIL_FREE = 16,  /* until its block is given back */
};

struct lw_arising {
    lw_s64 offset;     /* of the watched bytes, from the frame's CFA or the block's start; an object's way is its place's */
    lw_u64 size;       /* blocks of this size only; 0: any */
    lw_u64 nth;        /* of these the nth only, from 1; 0: all */
    lw_u64 ranges;     /* allocated by a call that is in this code, as lw_slot_state.ranges; 0: any */
    lw_u32 slots;      /* mask of the debug registers that are its own; 0: it is not there, or has ended */
    lw_u32 length;     /* bytes to watch: 1, 2, 4, 8 */
    lw_u32 policy;
    lw_u32 flags;
    lw_u32 tgid;
    lw_u32 padding;
    lw_u64 matched;    /* allocations of the size and from the code; nth counts these */
    lw_u64 candidates; /* frames, blocks, objects */
    lw_u64 armed;      /* of these */
    lw_u64 skipped;    /* of these, not armed because no register was free */
    lw_u64 failed;     /* of these, not armed: unaligned, too small, unreadable, or the thread could not be stopped */
    lw_u64 displaced;  /* of those armed, given up for a newer one */
    lw_u64 ended;      /* of those armed, left, freed, or given out again */
};

enum lw_instance_state {
    LW_INSTANCE_NONE = 0,
    LW_INSTANCE_BUSY = 1,      /* somebody is at it */
    LW_INSTANCE_REQUESTED = 2, /* its thread is about to stop, for the guard to load the registers */
    LW_INSTANCE_ARMED = 3,
};

/* Frames that keep one object armed. */
#define LW_HOLDERS 8

/* What a slot of such a watch is armed on. */
struct lw_instance {
    lw_u64 base;     /* the frame's CFA, the block, or what the last pointer to the object points to */
    lw_u64 address;  /* of the watched bytes */
    lw_u64 size;     /* of the block */
    lw_u64 placed;   /* what the threads' debug registers hold; the guard's */
    lw_u64 born;     /* CLOCK_MONOTONIC ns */
    lw_u32 state;
    lw_u32 tid;      /* whose frame, or who has allocated it */
    lw_u32 watch;
    lw_u32 freed;    /* 1: armed beyond its end */
    lw_u64 holders[LW_HOLDERS]; /* of an object that is armed until a return: frames that have named it; 0: none */
};

/* A watched process, by its tgid. That it has ended is known a moment later (src/Livewatcher.Linux/Bpf/ProcessEnds.cs); who has its number then is another. */
struct lw_target {
    lw_u64 born;    /* CLOCK_BOOTTIME ns, which an execve(2) does not change; 0: nobody has hit yet */
    lw_u32 process; /* its index */
    lw_u32 padding;
};

/* Counters of the whole session. */
struct lw_session_state {
    lw_u64 foreign;       /* accesses by processes nobody watches */
    lw_u64 untracked;     /* followed children for whom no process index was free */
    lw_u64 threads;       /* threads created in watched processes since the start */
    lw_u64 lost_notices;  /* fork and exec records that found the ring full */
    lw_u64 sole;          /* the only process that can be in targets, by its tgid; 0: there may be others */
    lw_u64 tops;          /* 1: of some stack it is known where it begins */
    lw_u64 asleep;        /* 1: the drainer sleeps until the first record comes; written by it alone */
};

#endif
