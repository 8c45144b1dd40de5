/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * liblivewatcher: a program watches its own memory. docs/library.md is the manual.
 *
 * Contract. Every function that returns int returns 0 (or a watcher's number) for success, -1 with errno set for failure, and never
 * aborts or prints. Where no `livewatcher listen` is there, every call succeeds and does nothing, so a program can ship with the
 * calls in; wrong arguments fail all the same. Where one is there, a watch is armed in all threads when set_watcher returns 0.
 * All functions may be called from any thread, many at once, in constructors, after fork and in signal handlers.
 *
 * Source-compatible with the livewatcher of SystemTap days: a program written for that compiles and links unchanged.
 */
#ifndef LIVEWATCHER_H
#define LIVEWATCHER_H

#include <stddef.h>

#define LW_MODE_EXE 0 /* the instruction at addr is executed; len is ignored */
#define LW_MODE_W 1   /* written */
#define LW_MODE_WR 3  /* written or read: x86 cannot watch reads alone */

/* ORed into LW_MODE_W or LW_MODE_WR: only accesses that change the value. */
#define LW_MODE_CHANGE 0x100

#define LW_MAX_INFO 512 /* bytes of text in one message; a longer one is cut and ends in "..." */

/* Opt-in, because a program written for the original may hold what the compiler would now warn about. */
#if defined(LW_CHECK_FORMATS) && defined(__GNUC__)
#define LW_FORMAT __attribute__((__format__(__printf__, 1, 2)))
#else
#define LW_FORMAT
#endif

#if defined(__GNUC__)
#define LW_API __attribute__((__visibility__("default")))
#else
#define LW_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A free watcher's number, 0 to 3. ENOSPC: none is free. */
LW_API int alloc_watcher(void);

/* Watch len bytes (1, 2, 4 or 8) at addr, which is a multiple of len. A watcher that is set moves; if that fails, it is not set.
 * EINVAL: watcher not allocated, or a wrong len, mode or alignment. EFAULT: no address of a program. Others are the listener's:
 * ENOSPC: somebody else has the debug registers. EPERM: it may not. EBUSY: called from a signal handler that has interrupted
 * the library, or the listener does not answer. */
LW_API int set_watcher(int watcher, void *addr, size_t len, int mode);

/* Stop watching; the number stays allocated. A watcher that is not set is no error. */
LW_API int rst_watcher(int watcher);

/* Stop watching and give the number back. */
LW_API int free_watcher(int watcher);

/* alloc_watcher and set_watcher in one, with a label (or NULL) for the output. The watcher's number; on failure none is taken. */
LW_API int lw_watch(void *addr, size_t len, int mode, const char *label);

/* The listener prints the debug registers. */
LW_API int lw_dump_dr(void);

/* The listener prints a text. */
LW_API int lw_show_info(const char *fmt, ...) LW_FORMAT;

/* The listener prints a text (fmt may be NULL) and the call stack of this thread. */
LW_API int lw_backtrace(const char *fmt, ...) LW_FORMAT;

/* A mark in the stream of events, among the hits. */
LW_API int lw_mark(const char *text);

/* Settings of the listener for this process. Set while nobody listens, they are told to the one who comes. */
LW_API int lw_ignore_hwbp_sigtrap(int ignore);
LW_API int lw_record_watcher(int stack_level); /* 0: off; n: stacks of n frames where watches are set; negative: whole ones */
LW_API int lw_ubacktrace_detail(int detail);

/* 1: somebody listens; 0: nobody does. */
LW_API int lw_active(void);

#ifdef __cplusplus
}
#endif

#undef LW_FORMAT
#undef LW_API

#endif
