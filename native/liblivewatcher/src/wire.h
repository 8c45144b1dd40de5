/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * What a program and `livewatcher listen` say to each other: one SOCK_SEQPACKET Unix socket for each process, one message a packet,
 * struct lw_wire followed by text_length bytes of text and nothing else. Explicit widths, explicit padding, a version.
 * src/Livewatcher.Agent mirrors it; tests compile this header and compare sizes and offsets.
 *
 * A request has an answer with its sequence number; one request is under way at a time. Between a request and its answer the
 * listener may send PREPARE, which is answered by PREPARED. Notices have no answer and may be sent at any time, from signal handlers
 * and by several threads at once. The listener knows the sender's process from SO_PEERCRED and believes nothing else of it.
 */
#ifndef LIVEWATCHER_WIRE_H
#define LIVEWATCHER_WIRE_H

#include <stdint.h>

#define LW_WIRE_VERSION 1
#define LW_WIRE_TEXT 512 /* LW_MAX_INFO; without a NUL */
#define LW_WIRE_WATCHERS 4
#define LW_WIRE_REGISTERS 21 /* struct pt_regs of x86-64, arch/x86/include/uapi/asm/ptrace.h: r15 first, ss last */

enum lw_wire_kind {
    /* Requests of the program. */
    LW_WIRE_HELLO = 1,     /* after connecting; answer: flags of LW_WIRE_WELCOME */
    LW_WIRE_SET = 2,       /* watcher, address, length, mode, flags, registers, text: a label, or empty; answered when every thread
                              is armed. A watcher that is set moves. registers all 0: set earlier, said again after HELLO to a
                              listener that has come later */
    LW_WIRE_RESET = 3,     /* watcher: disarm; answered when no thread is armed any more. No error where it is not armed */
    LW_WIRE_DUMP = 4,      /* registers: print the debug registers */
    LW_WIRE_INFO = 5,      /* text */
    LW_WIRE_BACKTRACE = 6, /* text, registers: print it with the caller's stack */
    LW_WIRE_MARK = 7,      /* text: into the stream of events */
    LW_WIRE_SETTING = 8,   /* setting, value */
    LW_WIRE_CONTROL = 9,   /* `livewatcher ctl` only: text, a command of the prompt; the answers carry text */

    /* Notices of the program. */
    LW_WIRE_RECOVERED = 32, /* registers, tid: the library's handler has swallowed a stray SIGTRAP (DESIGN.md, fact 4);
                               value: how many such notices were lost before this one, because the socket was full */
    LW_WIRE_ARMED = 33,     /* generation, tid, watcher, error: a thread has opened its own event, which goes along as SCM_RIGHTS;
                               value 1: at a single-step trap */
    LW_WIRE_PREPARED = 34,  /* answers PREPARE, with its sequence: generation, error. The signals may be sent */

    /* The listener. */
    LW_WIRE_ANSWER = 64,  /* error: 0 or an errno; flags */
    LW_WIRE_PREPARE = 65, /* generation, signal, watcher, address, length, mode, flags of lw_wire_prepare_flags; one descriptor by
                             SCM_RIGHTS, a BPF program (none: the latest one): each thread that the signal reaches shall arm this
                             watcher for itself. Another PREPARE for the same request takes the place of this one. The
                             signal is sent by rt_tgsigqueueinfo(2) with si_code SI_QUEUE, si_value.sival_int the generation and
                             si_pid that of SO_PEERCRED; any other is the program's own. Valid till the request is answered */
};

enum lw_wire_set_flags {
    LW_WIRE_CHANGE_ONLY = 1, /* report only accesses that change the value */
};

enum lw_wire_prepare_flags {
    LW_WIRE_PREPARE_STEP = 1,    /* not in the signal's handler but, where that may be stepped, at the single-step trap behind the next
                                    instruction; implies the next one */
    LW_WIRE_PREPARE_HANDLER = 2, /* LW_WIRE_WANTS_HANDLER from now on: no guard knows of this watch */
};

enum lw_wire_welcome {
    LW_WIRE_WANTS_HANDLER = 1, /* nobody guards this process against stray SIGTRAPs: the library shall */
};

enum lw_wire_reply {
    LW_WIRE_MORE = 2, /* in an answer to CONTROL: its text goes on in the next one */
};

enum lw_wire_setting {
    LW_WIRE_IGNORE_HWBP_SIGTRAP = 1,
    LW_WIRE_RECORD_WATCHER = 2,
    LW_WIRE_UBACKTRACE_DETAIL = 3,
};

struct lw_wire {
    uint32_t version;
    uint32_t kind;
    uint32_t sequence; /* of a request, and of its answer */
    int32_t error;
    int32_t tid;
    uint32_t watcher;
    uint32_t length; /* 1, 2, 4, 8 */
    uint32_t mode;   /* LW_MODE_EXE 0, LW_MODE_W 1, LW_MODE_WR 3 */
    uint32_t flags;
    uint32_t setting;
    int32_t value;
    uint32_t generation;
    int32_t signal;
    uint32_t text_length;
    uint64_t address;
    /* SET, DUMP, BACKTRACE: those of a point inside the library's function that the program has called, which waits for the answer
     * while the listener unwinds. The program's own frame is the first outside liblivewatcher.so.1; linked statically, the first
     * outside set_watcher, lw_watch, lw_dump_dr and lw_backtrace. RECOVERED: those of the trapped instruction. */
    uint64_t registers[LW_WIRE_REGISTERS];
};

#endif
