/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "../include/livewatcher.h"
#include "../src/session.h"
#include "fake.h"
#include "icebp.h"

/* The SIGTRAP handler: what it swallows, what it hands on, and how the program dies where it would have died. */

static const struct script sound, wanted = {.welcome = LW_WIRE_WANTS_HANDLER};
static volatile int passed_on, code_passed_on;

static void programs_handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    code_passed_on = info->si_code;
    passed_on++;
}

static void plain_handler(int signal)
{
    passed_on += signal == SIGTRAP ? 1 : 100;
}

static void install(void (*action)(int, siginfo_t *, void *))
{
    struct sigaction a = {.sa_sigaction = action, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGTRAP, &a, NULL) == 0);
}

/* As the kernel sends a hit whose DR6 was lost; a thread may send itself any si_code. */
static void stray(void)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    info.si_signo = SIGTRAP;
    info.si_code = TRAP_BRKPT;
    CHECK(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGTRAP, &info) == 0);
}

static void int3(void)
{
    __asm__ volatile("int3");
}

/* The same, with registers we know at the instruction where the signal arrives. */
static void stray_with_known_registers(uint64_t *rip_behind, uint64_t *rsp)
{
    siginfo_t info;
    uint64_t rip, stack;
    long process = getpid(), thread = gettid();
    memset(&info, 0, sizeof(info));
    info.si_signo = SIGTRAP;
    info.si_code = TRAP_BRKPT;
    register long r10 __asm__("r10") = (long)&info;
    register long r13 __asm__("r13") = 0x1313131313131313;
    register long r12 __asm__("r12") = 0x1212121212121212;
    long result = SYS_rt_tgsigqueueinfo;
    __asm__ volatile("syscall\n"
                     "1: lea 1b(%%rip), %%rcx"
                     : "+a"(result), "=&c"(rip), "+r"(r12), "+r"(r13)
                     : "D"(process), "S"(thread), "d"((long)SIGTRAP), "r"(r10)
                     : "r11", "memory");
    __asm__ volatile("mov %%rsp, %0" : "=r"(stack));
    CHECK(result == 0 && r12 == 0x1212121212121212 && r13 == 0x1313131313131313);
    *rip_behind = rip;
    *rsp = stack;
}

static void stray_is_swallowed_and_told(void)
{
    install(programs_handler);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    uint64_t rip, rsp;
    errno = 77;
    stray_with_known_registers(&rip, &rsp);
    EQUAL(77, errno);
    EQUAL(0, passed_on);
    EVENTUALLY(fake_count(f, LW_WIRE_RECOVERED) == 1);
    struct received r = fake_last(f, LW_WIRE_RECOVERED);
    const uint64_t *g = r.message.head.registers;
    uint16_t cs, ss;
    __asm__("mov %%cs, %0; mov %%ss, %1" : "=r"(cs), "=r"(ss));
    EQUAL(gettid(), r.message.head.tid);
    EQUAL(0x1212121212121212, g[3]);
    EQUAL(0x1313131313131313, g[2]);
    EQUAL(0, g[10]);            /* rax: the system call's result */
    EQUAL(SIGTRAP, g[12]);      /* rdx */
    EQUAL(gettid(), g[13]);     /* rsi */
    EQUAL(getpid(), g[14]);     /* rdi */
    EQUAL(-1, g[15]);
    EQUAL(rip, g[16]);
    EQUAL(cs, g[17]);
    CHECK((g[18] & 0x202) == 0x202);
    EQUAL(rsp, g[19]);
    EQUAL(ss, g[20]);
    EQUAL(0, r.message.head.value);
    fake_stop(f);
}

static void others_go_to_the_programs_handler(void)
{
    int tries_icebp = has_icebp(), all = 0;
    install(programs_handler);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    raise(SIGTRAP);
    EQUAL(++all, passed_on);
    EQUAL(SI_TKILL, code_passed_on);
    int3();
    EQUAL(++all, passed_on);
    EQUAL(SI_KERNEL, code_passed_on);
    if (tries_icebp) {
        icebp();
        EQUAL(++all, passed_on);
        EQUAL(TRAP_BRKPT, code_passed_on);
    }
    kill(getpid(), SIGTRAP);
    all++;
    EVENTUALLY(passed_on == all);
    EQUAL(0, fake_count(f, LW_WIRE_RECOVERED));
    stray();
    EQUAL(all, passed_on);
    fake_stop(f);
}

static void plain_handlers_too(void)
{
    signal(SIGTRAP, plain_handler);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    raise(SIGTRAP);
    int3();
    EQUAL(2, passed_on);
    stray();
    EQUAL(2, passed_on);
    fake_stop(f);
}

static void only_where_it_was_asked_for(void)
{
    install(programs_handler);
    struct fake *f = fake_start(sound);
    EQUAL(1, lw_active());
    struct sigaction now;
    CHECK(sigaction(SIGTRAP, NULL, &now) == 0 && now.sa_sigaction == programs_handler);
    stray();
    EQUAL(1, passed_on);
    EQUAL(0, fake_count(f, LW_WIRE_RECOVERED));
    fake_stop(f);
}

static void not_for_a_later_listener_that_does_not_ask(void)
{
    be_impatient();
    install(programs_handler);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    stray();
    EQUAL(0, passed_on);
    fake_stop(f);
    f = fake_start(sound);
    EQUAL(1, lw_active());
    stray();
    EQUAL(1, passed_on);
    fake_stop(f);
}

static void a_handler_installed_later_is_chained(void)
{
    static uint64_t word;
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    install(programs_handler); /* over ours */
    EQUAL(0, lw_watch(&word, 8, LW_MODE_W, NULL));
    stray();
    EQUAL(0, passed_on);
    raise(SIGTRAP);
    EQUAL(1, passed_on);
    fake_stop(f);
}

static struct sigaction earlier;

static void hands_on(int signal, siginfo_t *info, void *context)
{
    passed_on++;
    if (passed_on < 10)
        earlier.sa_sigaction(signal, info, context);
}

/* The program's handler hands on to the one it has found, ours, which stands before it again: no loop. */
static void a_chain_that_comes_back_ends(void)
{
    static uint64_t word;
    install(programs_handler);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    CHECK(sigaction(SIGTRAP, NULL, &earlier) == 0);
    install(hands_on);
    EQUAL(0, lw_watch(&word, 8, LW_MODE_W, NULL));
    raise(SIGTRAP);
    EQUAL(2, passed_on); /* hands_on, then programs_handler */
    EQUAL(SI_TKILL, code_passed_on);
    fake_stop(f);
}

static void one_shot_handler(void)
{
    struct sigaction a = {.sa_sigaction = programs_handler, .sa_flags = SA_SIGINFO | SA_RESETHAND};
    CHECK(sigaction(SIGTRAP, &a, NULL) == 0);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    stray();
    raise(SIGTRAP);
    EQUAL(1, passed_on);
    fake_stop(f);
    pid_t pid = fork();
    if (pid == 0) {
        raise(SIGTRAP);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTRAP);
}

/* Ends of a child whose listener has asked for the handler. */
static int status_of(void (*before)(void), void (*run)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (before)
            before();
        if (lw_active() != 1)
            _exit(50);
        run();
        _exit(0);
    }
    while (waitpid(pid, &status, 0) != pid) {
    }
    return status;
}

static void ignores(void)
{
    signal(SIGTRAP, SIG_IGN);
}

static void raises(void)
{
    raise(SIGTRAP);
}

static void dies_as_it_would_have(void)
{
    int tries_icebp = has_icebp();
    struct fake *f = fake_start(wanted);
    EQUAL(SIGTRAP, WTERMSIG(status_of(NULL, raises)));
    EQUAL(SIGTRAP, WTERMSIG(status_of(NULL, int3)));
    if (tries_icebp)
        EQUAL(SIGTRAP, WTERMSIG(status_of(NULL, icebp)));
    EQUAL(0, status_of(NULL, stray));
    /* Ignored: kill(2) is, a trap of the processor cannot be. */
    EQUAL(0, status_of(ignores, raises));
    EQUAL(SIGTRAP, WTERMSIG(status_of(ignores, int3)));
    EQUAL(0, status_of(ignores, stray));
    fake_stop(f);
}

static uint64_t flags_after;

static void sees_flags(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    earlier.sa_sigaction(signal, info, context);
    flags_after = (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL];
}

/* For a watch on an instruction the resume flag is set, without which it would trap for ever. */
static void resume_flag_for_execution_watches(void)
{
    siginfo_t info;
    ucontext_t context;
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    CHECK(sigaction(SIGTRAP, NULL, &earlier) == 0);
    memset(&info, 0, sizeof(info));
    memset(&context, 0, sizeof(context));
    info.si_code = TRAP_BRKPT;
    context.uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)int3;
    sees_flags(SIGTRAP, &info, &context);
    EQUAL(0, flags_after & 0x10000);
    int w = lw_watch((void *)(uintptr_t)int3, 1, LW_MODE_EXE, NULL);
    CHECK(w >= 0);
    sees_flags(SIGTRAP, &info, &context);
    EQUAL(0x10000, flags_after);
    context.uc_mcontext.gregs[REG_RIP]++;
    context.uc_mcontext.gregs[REG_EFL] = 0;
    sees_flags(SIGTRAP, &info, &context);
    EQUAL(0, flags_after);
    context.uc_mcontext.gregs[REG_RIP]--;
    CHECK(rst_watcher(w) == 0);
    sees_flags(SIGTRAP, &info, &context);
    EQUAL(0, flags_after);
    /* A data watch on the same address is none. */
    CHECK(set_watcher(w, (void *)(uintptr_t)int3, 1, LW_MODE_W) == 0);
    sees_flags(SIGTRAP, &info, &context);
    EQUAL(0, flags_after);
    fake_stop(f);
}

/* The byte before RIP decides: 0xf1 is an icebp, 0xcc is no int3 here; and where there is none, nothing faults. */
static void byte_before_the_instruction(void)
{
    siginfo_t info;
    ucontext_t context;
    install(programs_handler);
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    CHECK(sigaction(SIGTRAP, NULL, &earlier) == 0);
    memset(&info, 0, sizeof(info));
    memset(&context, 0, sizeof(context));
    info.si_code = TRAP_BRKPT;
    unsigned char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED && mprotect(pages, 4096, PROT_NONE) == 0);
    pages[4096] = 0xcc;
    pages[4097] = 0xf1;
    static const int passes[] = {0, 0, 1, 0};
    for (int i = 0; i < 4; i++) {
        passed_on = 0;
        context.uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)(pages + 4096 + i);
        earlier.sa_sigaction(SIGTRAP, &info, &context);
        EQUAL(passes[i], passed_on);
    }
    fake_stop(f);
}

/* A listener that does not read: the trap is swallowed all the same, and the loss is told with the next notice. */
static void lost_notices_are_counted(void)
{
    struct fake *f = fake_start(wanted);
    EQUAL(1, lw_active());
    pthread_mutex_lock(&f->lock); /* now it hangs at the first message */
    int sent = 0;
    for (struct timespec start, now = {0, 0}; sent < 5000; sent++) {
        clock_gettime(CLOCK_MONOTONIC, &start);
        stray();
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec * 1000 + now.tv_nsec / 1000000 - start.tv_sec * 1000 - start.tv_nsec / 1000000 > 900)
            break; /* this one has waited in vain */
    }
    CHECK(sent < 5000);
    pthread_mutex_unlock(&f->lock);
    EVENTUALLY(fake_count(f, LW_WIRE_RECOVERED) == sent);
    stray();
    EVENTUALLY(fake_count(f, LW_WIRE_RECOVERED) == sent + 1);
    EQUAL(1, fake_last(f, LW_WIRE_RECOVERED).message.head.value);
    fake_stop(f);
}

const struct test trap_tests[] = {
    {"stray_is_swallowed_and_told", stray_is_swallowed_and_told},
    {"others_go_to_the_programs_handler", others_go_to_the_programs_handler},
    {"plain_handlers_too", plain_handlers_too},
    {"only_where_it_was_asked_for", only_where_it_was_asked_for},
    {"not_for_a_later_listener_that_does_not_ask", not_for_a_later_listener_that_does_not_ask},
    {"a_handler_installed_later_is_chained", a_handler_installed_later_is_chained},
    {"a_chain_that_comes_back_ends", a_chain_that_comes_back_ends},
    {"one_shot_handler", one_shot_handler},
    {"dies_as_it_would_have", dies_as_it_would_have},
    {"resume_flag_for_execution_watches", resume_flag_for_execution_watches},
    {"byte_before_the_instruction", byte_before_the_instruction},
    {"lost_notices_are_counted", lost_notices_are_counted},
    {NULL, NULL},
};
