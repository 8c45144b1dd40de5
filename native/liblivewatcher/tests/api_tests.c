/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <string.h>

#include "../include/livewatcher.h"
#include "fake.h"

/* What each function says, and what it makes of the answer. */

static const struct script sound;
static uint64_t words[4] __attribute__((aligned(8)));

void lw_capture(uint64_t registers[LW_WIRE_REGISTERS]);

static bool text_is(const struct received *r, const char *text)
{
    return r->message.head.text_length == strlen(text) && memcmp(r->message.text, text, strlen(text)) == 0;
}

static void hello_comes_first(void)
{
    struct fake *f = fake_start(sound);
    CHECK(lw_mark("one") == 0);
    CHECK(lw_mark("two") == 0);
    EQUAL(3, fake_count(f, 0));
    EQUAL(LW_WIRE_HELLO, fake_nth(f, 0, 0).message.head.kind);
    EQUAL(LW_WIRE_MARK, fake_nth(f, 0, 1).message.head.kind);
    struct received second = fake_nth(f, 0, 2);
    CHECK(text_is(&second, "two"));
    EQUAL(1, fake_connections(f));
    fake_stop(f);
}

static void watchers_are_four(void)
{
    for (int i = 0; i < 4; i++)
        EQUAL(i, alloc_watcher());
    FAILS(ENOSPC, alloc_watcher());
    CHECK(free_watcher(2) == 0);
    EQUAL(2, alloc_watcher());
    FAILS(ENOSPC, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    CHECK(free_watcher(0) == 0 && free_watcher(3) == 0);
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    EQUAL(3, alloc_watcher());
    FAILS(ENOSPC, alloc_watcher());
}

static void set_says_all(void)
{
    static const size_t lengths[] = {1, 2, 4, 8};
    static const int modes[] = {LW_MODE_W, LW_MODE_WR, LW_MODE_W | LW_MODE_CHANGE, LW_MODE_WR | LW_MODE_CHANGE};
    struct fake *f = fake_start(sound);
    int w = alloc_watcher();
    CHECK(alloc_watcher() == 1);
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            char *at = (char *)words + lengths[i];
            CHECK(set_watcher(w + 1, at, lengths[i], modes[j]) == 0);
            struct received r = fake_last(f, LW_WIRE_SET);
            EQUAL(1, r.message.head.watcher);
            EQUAL((uintptr_t)at, r.message.head.address);
            EQUAL(lengths[i], r.message.head.length);
            EQUAL(modes[j] & 3, r.message.head.mode);
            EQUAL(modes[j] & LW_MODE_CHANGE ? LW_WIRE_CHANGE_ONLY : 0, r.message.head.flags);
            EQUAL(0, r.message.head.text_length);
        }
    }
    /* Execution: any length, any alignment. */
    CHECK(set_watcher(w, (void *)((uintptr_t)set_says_all | 1), 77, LW_MODE_EXE) == 0);
    struct received r = fake_last(f, LW_WIRE_SET);
    EQUAL((uintptr_t)set_says_all | 1, r.message.head.address);
    EQUAL(1, r.message.head.length);
    EQUAL(0, r.message.head.mode);
    EQUAL(18, fake_count(f, 0)); /* HELLO and 17 SETs: a move is one message */
    fake_stop(f);
}

static void labels_go_along(void)
{
    struct fake *f = fake_start(sound);
    int w = lw_watch(&words[2], 4, LW_MODE_WR, "order.total");
    EQUAL(0, w);
    struct received r = fake_last(f, LW_WIRE_SET);
    CHECK(text_is(&r, "order.total"));
    EQUAL((uintptr_t)&words[2], r.message.head.address);
    EQUAL(4, r.message.head.length);
    EQUAL(3, r.message.head.mode);
    EQUAL(1, lw_watch(&words[3], 8, LW_MODE_W, NULL));
    EQUAL(0, fake_last(f, LW_WIRE_SET).message.head.text_length);
    fake_stop(f);
}

static void reset_and_free(void)
{
    struct fake *f = fake_start(sound);
    int w = alloc_watcher();
    CHECK(rst_watcher(w) == 0 && free_watcher(w) == 0);
    EQUAL(0, fake_count(f, LW_WIRE_RESET)); /* never set: nothing to say */
    w = alloc_watcher();
    CHECK(set_watcher(w, &words[0], 8, LW_MODE_W) == 0);
    CHECK(rst_watcher(w) == 0);
    EQUAL(1, fake_count(f, LW_WIRE_RESET));
    EQUAL(w, fake_last(f, LW_WIRE_RESET).message.head.watcher);
    CHECK(rst_watcher(w) == 0);
    EQUAL(1, fake_count(f, LW_WIRE_RESET));
    CHECK(set_watcher(w, &words[0], 8, LW_MODE_W) == 0); /* still allocated */
    CHECK(free_watcher(w) == 0);
    EQUAL(2, fake_count(f, LW_WIRE_RESET));
    FAILS(EINVAL, set_watcher(w, &words[0], 8, LW_MODE_W));
    FAILS(EINVAL, rst_watcher(w));
    FAILS(EINVAL, free_watcher(w));
    fake_stop(f);
}

static void texts(void)
{
    struct fake *f = fake_start(sound);
    CHECK(lw_show_info("%s %d", "answer", 42) == 0);
    struct received r = fake_last(f, LW_WIRE_INFO);
    CHECK(text_is(&r, "answer 42"));
    CHECK(lw_backtrace("at %x", 0xbeef) == 0);
    r = fake_last(f, LW_WIRE_BACKTRACE);
    CHECK(text_is(&r, "at beef"));
    CHECK(lw_backtrace(NULL) == 0);
    r = fake_last(f, LW_WIRE_BACKTRACE);
    CHECK(text_is(&r, ""));
    CHECK(lw_mark("%s is no format") == 0);
    r = fake_last(f, LW_WIRE_MARK);
    CHECK(text_is(&r, "%s is no format"));
    CHECK(lw_show_info("%s", "") == 0);
    r = fake_last(f, LW_WIRE_INFO);
    CHECK(text_is(&r, ""));
    fake_stop(f);
}

static void long_texts_are_cut_visibly(void)
{
    char text[2000];
    struct fake *f = fake_start(sound);
    memset(text, 'x', sizeof(text));
    text[LW_MAX_INFO] = 0;
    CHECK(lw_show_info("%s", text) == 0);
    struct received r = fake_last(f, LW_WIRE_INFO);
    CHECK(text_is(&r, text));
    text[LW_MAX_INFO] = 'x';
    text[LW_MAX_INFO + 1] = 0;
    for (int i = 0; i < 2; i++) {
        CHECK((i == 0 ? lw_show_info("%s", text) : lw_mark(text)) == 0);
        r = fake_last(f, i == 0 ? LW_WIRE_INFO : LW_WIRE_MARK);
        EQUAL(LW_MAX_INFO, r.message.head.text_length);
        CHECK(memcmp(r.message.text, text, LW_MAX_INFO - 3) == 0 && memcmp(r.message.text + LW_MAX_INFO - 3, "...", 3) == 0);
    }
    /* A character of two bytes at the cut goes as a whole. */
    memcpy(text + LW_MAX_INFO - 4, "\xc3\xa4", 2);
    CHECK(lw_show_info("%s", text) == 0);
    r = fake_last(f, LW_WIRE_INFO);
    EQUAL(LW_MAX_INFO - 1, r.message.head.text_length);
    CHECK(memcmp(r.message.text + LW_MAX_INFO - 5, "x...", 4) == 0);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = 0;
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, text));
    EQUAL(LW_MAX_INFO, fake_last(f, LW_WIRE_SET).message.head.text_length);
    fake_stop(f);
}

static void settings(void)
{
    struct fake *f = fake_start(sound);
    CHECK(lw_ignore_hwbp_sigtrap(0) == 0);
    EQUAL(LW_WIRE_IGNORE_HWBP_SIGTRAP, fake_last(f, LW_WIRE_SETTING).message.head.setting);
    EQUAL(0, fake_last(f, LW_WIRE_SETTING).message.head.value);
    CHECK(lw_record_watcher(-1) == 0);
    EQUAL(LW_WIRE_RECORD_WATCHER, fake_last(f, LW_WIRE_SETTING).message.head.setting);
    EQUAL(-1, fake_last(f, LW_WIRE_SETTING).message.head.value);
    CHECK(lw_ubacktrace_detail(7) == 0);
    EQUAL(LW_WIRE_UBACKTRACE_DETAIL, fake_last(f, LW_WIRE_SETTING).message.head.setting);
    EQUAL(7, fake_last(f, LW_WIRE_SETTING).message.head.value);
    EQUAL(3, fake_count(f, LW_WIRE_SETTING));
    fake_stop(f);
}

static void listeners_errors_are_errno(void)
{
    struct fake *f = fake_start(sound);
    int w = alloc_watcher(), set = lw_watch(&words[3], 8, LW_MODE_W, NULL);
    EQUAL(1, lw_active());
    fake_script(f, (struct script){.kind = LW_WIRE_SET, .error = ENOSPC});
    FAILS(ENOSPC, set_watcher(w, &words[0], 8, LW_MODE_W));
    EQUAL(0, fake_count(f, LW_WIRE_RESET)); /* it was not set before */
    fake_script(f, (struct script){.kind = LW_WIRE_SET, .error = EPERM});
    FAILS(EPERM, lw_watch(&words[0], 8, LW_MODE_W, "refused"));
    EQUAL(2, alloc_watcher()); /* it has kept no number */
    fake_script(f, (struct script){.kind = LW_WIRE_RESET, .error = EFAULT});
    FAILS(EFAULT, rst_watcher(set));
    CHECK(set_watcher(set, &words[0], 8, LW_MODE_W) == 0);
    fake_script(f, (struct script){.kind = LW_WIRE_RESET, .error = EINVAL});
    FAILS(EINVAL, free_watcher(set));
    EQUAL(set, alloc_watcher()); /* given back, whatever the listener says */
    fake_script(f, (struct script){.error = EPERM});
    FAILS(EPERM, lw_mark("x"));
    FAILS(EPERM, lw_show_info("x"));
    FAILS(EPERM, lw_backtrace("x"));
    FAILS(EPERM, lw_dump_dr());
    FAILS(EPERM, lw_record_watcher(1));
    fake_script(f, sound);
    CHECK(lw_mark("x") == 0); /* an error is no reason to part */
    EQUAL(1, fake_connections(f));
    fake_stop(f);
}

static void failed_move_is_not_set(void)
{
    struct fake *f = fake_start(sound);
    int w = lw_watch(&words[0], 8, LW_MODE_W, NULL);
    fake_script(f, (struct script){.kind = LW_WIRE_SET, .error = ENOSPC});
    FAILS(ENOSPC, set_watcher(w, &words[1], 8, LW_MODE_W));
    EQUAL(1, fake_count(f, LW_WIRE_RESET));
    EQUAL(w, fake_last(f, LW_WIRE_RESET).message.head.watcher);
    CHECK(rst_watcher(w) == 0);
    EQUAL(1, fake_count(f, LW_WIRE_RESET));
    fake_stop(f);
}

static void wrong_arguments(void)
{
    int w = alloc_watcher();
    FAILS(EINVAL, set_watcher(-1, &words[0], 8, LW_MODE_W));
    FAILS(EINVAL, set_watcher(4, &words[0], 8, LW_MODE_W));
    FAILS(EINVAL, set_watcher(w + 1, &words[0], 8, LW_MODE_W)); /* not allocated */
    static const size_t lengths[] = {0, 3, 5, 6, 7, 9, 16, (size_t)-1};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        FAILS(EINVAL, set_watcher(w, &words[0], lengths[i], LW_MODE_W));
    static const int modes[] = {2, 4, -1, LW_MODE_EXE | LW_MODE_CHANGE, 2 | LW_MODE_CHANGE, 0x200 | LW_MODE_W};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        FAILS(EINVAL, set_watcher(w, &words[0], 8, modes[i]));
    for (size_t length = 2; length <= 8; length *= 2)
        for (size_t off = 1; off < length; off++)
            FAILS(EINVAL, set_watcher(w, (char *)words + off, length, LW_MODE_W));
    FAILS(EFAULT, set_watcher(w, NULL, 8, LW_MODE_W));
    FAILS(EFAULT, set_watcher(w, NULL, 1, LW_MODE_EXE));
    FAILS(EFAULT, set_watcher(w, (void *)(uintptr_t)0xffffffff81000000u, 8, LW_MODE_W));
    FAILS(EINVAL, rst_watcher(-1));
    FAILS(EINVAL, rst_watcher(4));
    FAILS(EINVAL, rst_watcher(w + 1));
    FAILS(EINVAL, free_watcher(-1));
    FAILS(EINVAL, free_watcher(1 << 30));
    FAILS(EINVAL, free_watcher(w + 1));
    FAILS(EINVAL, lw_watch((char *)words + 1, 8, LW_MODE_W, NULL));
    FAILS(EFAULT, lw_watch(NULL, 8, LW_MODE_W, NULL));
    EQUAL(w + 1, alloc_watcher()); /* failures have kept nothing */
    FAILS(EINVAL, lw_show_info(NULL));
    FAILS(EINVAL, lw_mark(NULL));
}

static void wrong_arguments_are_not_sent(void)
{
    struct fake *f = fake_start(sound);
    EQUAL(1, lw_active());
    wrong_arguments();
    EQUAL(1, fake_count(f, 0)); /* HELLO */
    fake_stop(f);
}

static void success_leaves_errno(void)
{
    struct fake *f = fake_start((struct script){.welcome = LW_WIRE_WANTS_HANDLER});
    errno = 77;
    int w = lw_watch(&words[0], 8, LW_MODE_W, NULL);
    CHECK(w == 0 && rst_watcher(w) == 0 && set_watcher(w, &words[1], 8, LW_MODE_W) == 0 && free_watcher(w) == 0 &&
          lw_mark("x") == 0 && lw_show_info("x") == 0 && lw_backtrace("x") == 0 && lw_dump_dr() == 0 &&
          lw_ubacktrace_detail(1) == 0 && lw_active() == 1);
    EQUAL(77, errno);
    fake_stop(f);
}

/* Calls lw_capture with known registers and gives back what it has stored, its return address and stack pointer. */
static void capture_known(uint64_t registers[LW_WIRE_REGISTERS], uint64_t *rip, uint64_t *rsp)
{
    uint64_t there, stack;
    __asm__ volatile("push %%rbx; push %%rbp; push %%r12; push %%r13; push %%r14; push %%r15\n\t"
                     "mov $0x1111, %%rbx; mov $0x2222, %%rbp; mov $0x3333, %%r12; mov $0x4444, %%r13\n\t"
                     "mov $0x5555, %%r14; mov $0x6666, %%r15\n\t"
                     "mov %%rsp, %%rax; and $-16, %%rsp; push %%rax; push %%rax\n\t"
                     "call lw_capture\n"
                     "1: mov %%rsp, %%rdx; lea 1b(%%rip), %%rcx\n\t"
                     "pop %%rax; mov %%rax, %%rsp\n\t"
                     "pop %%r15; pop %%r14; pop %%r13; pop %%r12; pop %%rbp; pop %%rbx"
                     : "=c"(there), "=d"(stack), "+D"(registers)
                     :
                     : "rax", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
    *rip = there;
    *rsp = stack;
}

static void registers_are_captured_exactly(void)
{
    uint64_t r[LW_WIRE_REGISTERS], rip, rsp;
    uint16_t cs, ss;
    memset(r, 0xee, sizeof(r));
    capture_known(r, &rip, &rsp);
    EQUAL(0x6666, r[0]);
    EQUAL(0x5555, r[1]);
    EQUAL(0x4444, r[2]);
    EQUAL(0x3333, r[3]);
    EQUAL(0x2222, r[4]);
    EQUAL(0x1111, r[5]);
    EQUAL(-1, r[15]);
    EQUAL(rip, r[16]);
    EQUAL(rsp, r[19]);
    __asm__("mov %%cs, %0; mov %%ss, %1" : "=r"(cs), "=r"(ss));
    EQUAL(cs, r[17]);
    EQUAL(ss, r[20]);
    CHECK((r[18] & 0x202) == 0x202); /* the bit that is always 1, and interrupts are on */
}

/* The captured frame is inside the library's function, which is on this thread's stack right below the caller. */
static void check_registers(const struct received *r, const char *function, uintptr_t here)
{
    uint64_t rip = r->message.head.registers[16], rsp = r->message.head.registers[19];
    if (rip <= (uintptr_t)function || rip > (uintptr_t)function + 1500)
        fail(__FILE__, __LINE__, "rip %#llx is not in the function at %p", (unsigned long long)rip, (const void *)function);
    CHECK(rsp < here && rsp > here - 8192);
    EQUAL(-1, r->message.head.registers[15]);
}

static __attribute__((noinline)) void calls_carry_their_registers(void)
{
    struct fake *f = fake_start(sound);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0) + 64;
    int w = alloc_watcher();
    CHECK(set_watcher(w, &words[0], 8, LW_MODE_W) == 0);
    struct received r = fake_last(f, LW_WIRE_SET);
    check_registers(&r, (const char *)set_watcher, here);
    CHECK(lw_watch(&words[0], 8, LW_MODE_W, NULL) == 1);
    r = fake_last(f, LW_WIRE_SET);
    check_registers(&r, (const char *)lw_watch, here);
    CHECK(lw_backtrace("x") == 0);
    r = fake_last(f, LW_WIRE_BACKTRACE);
    check_registers(&r, (const char *)lw_backtrace, here);
    CHECK(lw_dump_dr() == 0);
    r = fake_last(f, LW_WIRE_DUMP);
    check_registers(&r, (const char *)lw_dump_dr, here);
    fake_stop(f);
}

const struct test api_tests[] = {
    {"hello_comes_first", hello_comes_first},
    {"watchers_are_four", watchers_are_four},
    {"set_says_all", set_says_all},
    {"labels_go_along", labels_go_along},
    {"reset_and_free", reset_and_free},
    {"texts", texts},
    {"long_texts_are_cut_visibly", long_texts_are_cut_visibly},
    {"settings", settings},
    {"listeners_errors_are_errno", listeners_errors_are_errno},
    {"failed_move_is_not_set", failed_move_is_not_set},
    {"wrong_arguments", wrong_arguments},
    {"wrong_arguments_are_not_sent", wrong_arguments_are_not_sent},
    {"success_leaves_errno", success_leaves_errno},
    {"registers_are_captured_exactly", registers_are_captured_exactly},
    {"calls_carry_their_registers", calls_carry_their_registers},
    {NULL, NULL},
};
