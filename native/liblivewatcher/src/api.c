/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The functions of livewatcher.h, and nothing else: from the kernel's manner of errors to errno, from formats to text.
 */
#include "livewatcher.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "session.h"
#include "settings.h"
#include "watchers.h"

_Static_assert(LW_MAX_INFO == LW_WIRE_TEXT, "the wire carries what the header promises");

void lw_capture(uint64_t registers[LW_WIRE_REGISTERS]); /* capture.S */

static int result(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int alloc_watcher(void)
{
    int watcher = lw_watcher_take();
    return watcher < 0 ? result(-watcher) : watcher;
}

int set_watcher(int watcher, void *addr, size_t len, int mode)
{
    uint64_t registers[LW_WIRE_REGISTERS];
    lw_capture(registers);
    return result(lw_watcher_set(watcher, addr, len, mode, NULL, registers));
}

int rst_watcher(int watcher)
{
    return result(lw_watcher_reset(watcher, false));
}

int free_watcher(int watcher)
{
    return result(lw_watcher_reset(watcher, true));
}

int lw_watch(void *addr, size_t len, int mode, const char *label)
{
    uint64_t registers[LW_WIRE_REGISTERS];
    lw_capture(registers);
    int watcher = lw_watcher_take();
    if (watcher < 0)
        return result(-watcher);
    int error = lw_watcher_set(watcher, addr, len, mode, label, registers);
    if (error == 0)
        return watcher;
    lw_watcher_give(watcher);
    return result(error);
}

static int say(struct lw_message *m)
{
    int error = lw_enter();
    if (error != 0)
        return error;
    error = lw_request(m);
    lw_leave();
    return error;
}

/* 0 or EINVAL. */
static int format(struct lw_message *m, const char *fmt, va_list args)
{
    char text[LW_MAX_INFO + 1];
    int length = vsnprintf(text, sizeof(text), fmt, args);
    if (length < 0)
        return EINVAL;
    lw_message_text(m, text, (size_t)length);
    return 0;
}

int lw_dump_dr(void)
{
    struct lw_message m;
    if (lw_quiet())
        return 0;
    lw_message_begin(&m, LW_WIRE_DUMP);
    lw_capture(m.head.registers);
    return result(say(&m));
}

int lw_show_info(const char *fmt, ...)
{
    struct lw_message m;
    if (!fmt)
        return result(EINVAL);
    if (lw_quiet())
        return 0;
    lw_message_begin(&m, LW_WIRE_INFO);
    va_list args;
    va_start(args, fmt);
    int error = format(&m, fmt, args);
    va_end(args);
    return result(error != 0 ? error : say(&m));
}

int lw_backtrace(const char *fmt, ...)
{
    struct lw_message m;
    int error = 0;
    if (lw_quiet())
        return 0;
    lw_message_begin(&m, LW_WIRE_BACKTRACE);
    if (fmt) {
        va_list args;
        va_start(args, fmt);
        error = format(&m, fmt, args);
        va_end(args);
    }
    lw_capture(m.head.registers);
    return result(error != 0 ? error : say(&m));
}

int lw_mark(const char *text)
{
    struct lw_message m;
    if (!text)
        return result(EINVAL);
    if (lw_quiet())
        return 0;
    lw_message_begin(&m, LW_WIRE_MARK);
    lw_message_text(&m, text, strlen(text));
    return result(say(&m));
}

int lw_ignore_hwbp_sigtrap(int ignore)
{
    return result(lw_setting(LW_WIRE_IGNORE_HWBP_SIGTRAP, ignore));
}

int lw_record_watcher(int stack_level)
{
    return result(lw_setting(LW_WIRE_RECORD_WATCHER, stack_level));
}

int lw_ubacktrace_detail(int detail)
{
    return result(lw_setting(LW_WIRE_UBACKTRACE_DETAIL, detail));
}

int lw_active(void)
{
    if (lw_quiet())
        return 0;
    if (lw_enter() != 0)
        return lw_connected(); /* in a signal handler that has interrupted the library */
    if (lw_hung_up())
        lw_disconnect();
    int active = lw_listened();
    lw_leave();
    return active;
}
