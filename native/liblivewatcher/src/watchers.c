/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "watchers.h"

#include <errno.h>
#include <string.h>

#include "livewatcher.h"
#include "session.h"
#include "sigtrap.h"

#define ALL ((1u << LW_WIRE_WATCHERS) - 1)
#define INHERITED(mask) ((mask) << LW_WIRE_WATCHERS)

/* Two masks in one word: numbers taken, and, above, those of them that a fork has brought along and that were not set since.
 * A child keeps its parent's numbers, since its copies of the program's variables hold them; but where no other is free, one
 * that the child never used may be given out. */
static uint32_t numbers;

/* What each was set to, as it was said: address 0: not set. Behind the session's lock. */
static struct lw_message said[LW_WIRE_WATCHERS];

/* Read by the SIGTRAP handler. */
static uint64_t executed[LW_WIRE_WATCHERS];

int lw_watcher_take(void)
{
    uint32_t seen = __atomic_load_n(&numbers, __ATOMIC_RELAXED), next;
    int watcher;
    do {
        uint32_t free = ~seen & ALL;
        if (free == 0)
            free = seen >> LW_WIRE_WATCHERS & ALL;
        if (free == 0)
            return -ENOSPC;
        watcher = __builtin_ctz(free);
        next = (seen | 1u << watcher) & ~INHERITED(1u << watcher);
    } while (!__atomic_compare_exchange_n(&numbers, &seen, next, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    return watcher;
}

void lw_watcher_give(int watcher)
{
    uint32_t bit = 1u << watcher;
    __atomic_and_fetch(&numbers, ~(bit | INHERITED(bit)), __ATOMIC_ACQ_REL);
}

static bool taken(int watcher)
{
    return watcher >= 0 && watcher < LW_WIRE_WATCHERS &&
           __atomic_load_n(&numbers, __ATOMIC_ACQUIRE) & 1u << watcher;
}

static int check(uint64_t address, size_t len, int mode)
{
    int plain = mode & ~LW_MODE_CHANGE;
    if (mode != LW_MODE_EXE) {
        if (plain != LW_MODE_W && plain != LW_MODE_WR)
            return EINVAL;
        if (len != 1 && len != 2 && len != 4 && len != 8)
            return EINVAL;
        if (address % len != 0)
            return EINVAL;
    }
    /* The upper half is the kernel's, whose memory a program may not watch. */
    return address == 0 || address >> 63 ? EFAULT : 0;
}

static void compose(struct lw_message *m, int watcher, uint64_t address, size_t len, int mode, const char *label)
{
    lw_message_begin(m, LW_WIRE_SET);
    m->head.watcher = (uint32_t)watcher;
    m->head.address = address;
    m->head.length = mode == LW_MODE_EXE ? 1 : (uint32_t)len;
    m->head.mode = (uint32_t)(mode & ~LW_MODE_CHANGE);
    m->head.flags = mode & LW_MODE_CHANGE ? LW_WIRE_CHANGE_ONLY : 0;
    if (label)
        lw_message_text(m, label, strlen(label));
}

static void remember(int watcher, const struct lw_message *m)
{
    said[watcher].head = m->head;
    memcpy(said[watcher].text, m->text, m->head.text_length);
    /* A stack that will be gone when it is said again. */
    memset(said[watcher].head.registers, 0, sizeof(said[watcher].head.registers));
}

static void forget(int watcher)
{
    said[watcher].head.address = 0;
    __atomic_store_n(&executed[watcher], 0, __ATOMIC_RELEASE);
}

static int say_reset(int watcher)
{
    struct lw_message m;
    lw_message_begin(&m, LW_WIRE_RESET);
    m.head.watcher = (uint32_t)watcher;
    return lw_request(&m);
}

static int set_entered(int watcher, struct lw_message *m)
{
    if (!taken(watcher))
        return EINVAL; /* another thread has freed it meanwhile */
    __atomic_and_fetch(&numbers, ~INHERITED(1u << watcher), __ATOMIC_ACQ_REL);
    lw_sigtrap_refresh();
    if (m->head.mode == LW_MODE_EXE)
        __atomic_store_n(&executed[watcher], m->head.address, __ATOMIC_RELEASE); /* it may be hit before the answer is here */
    int error = lw_request(m);
    if (error == 0) {
        remember(watcher, m);
        if (m->head.mode != LW_MODE_EXE)
            __atomic_store_n(&executed[watcher], 0, __ATOMIC_RELEASE);
        return 0;
    }
    bool was_set = said[watcher].head.address != 0;
    forget(watcher);
    if (was_set)
        say_reset(watcher); /* one meaning of failure, however far the listener has come with moving it */
    return error;
}

int lw_watcher_set(int watcher, void *addr, size_t len, int mode, const char *label,
                   const uint64_t registers[LW_WIRE_REGISTERS])
{
    struct lw_message m;
    if (!taken(watcher))
        return EINVAL;
    int error = check((uint64_t)(uintptr_t)addr, len, mode);
    if (error != 0)
        return error;
    compose(&m, watcher, (uint64_t)(uintptr_t)addr, len, mode, label);
    memcpy(m.head.registers, registers, sizeof(m.head.registers));
    error = lw_enter();
    if (error != 0)
        return error;
    error = set_entered(watcher, &m);
    lw_leave();
    return error;
}

static int reset_entered(int watcher, bool give)
{
    int error = 0;
    if (!taken(watcher))
        return EINVAL; /* another thread has freed it meanwhile */
    if (said[watcher].head.address != 0) {
        /* Before the request: if the listener has gone, its successor shall not arm it again. The handler's mark stays till the
         * answer: until then it may be hit. */
        said[watcher].head.address = 0;
        error = say_reset(watcher);
        forget(watcher);
    }
    if (give)
        lw_watcher_give(watcher);
    return error;
}

int lw_watcher_reset(int watcher, bool give)
{
    if (!taken(watcher))
        return EINVAL;
    int error = lw_enter();
    if (error != 0)
        return error;
    error = reset_entered(watcher, give);
    lw_leave();
    return error;
}

bool lw_watcher_executes(uint64_t rip)
{
    for (int i = 0; i < LW_WIRE_WATCHERS; i++)
        if (__atomic_load_n(&executed[i], __ATOMIC_ACQUIRE) == rip)
            return true;
    return false;
}

bool lw_watchers_each(bool (*say)(const struct lw_message *))
{
    for (int i = 0; i < LW_WIRE_WATCHERS; i++)
        if (said[i].head.address != 0 && !say(&said[i]))
            return false;
    return true;
}

void lw_watchers_after_fork(void)
{
    uint32_t now = __atomic_load_n(&numbers, __ATOMIC_RELAXED) & ALL;
    __atomic_store_n(&numbers, now | INHERITED(now), __ATOMIC_RELAXED);
    for (int i = 0; i < LW_WIRE_WATCHERS; i++)
        forget(i);
}
