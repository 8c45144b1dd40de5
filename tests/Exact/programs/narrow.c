/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * narrow [N]: where 32-bit programs differ from 64-bit ones. N writes each by a signal handler without and with SA_SIGINFO,
 * whose frames the kernel lays out in two ways, and by a read(2) made with int 0x80, past the vDSO.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "own.h"

static volatile int g_plain, g_info;
/* A byte, so that a read is one hit by itself. */
static volatile unsigned char g_direct;
static int plain_line, info_line, direct_line;

__attribute__((noinline)) static void write_plain(int signal)
{
    g_plain += signal / SIGUSR1; plain_line = __LINE__;
}

__attribute__((noinline)) static void write_info(int signal, siginfo_t *info, void *context)
{
    g_info += info->si_signo == signal && context; info_line = __LINE__;
}

static void handle(int signal, void (*plain)(int), void (*with_info)(int, siginfo_t *, void *))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (with_info) {
        action.sa_sigaction = with_info;
        action.sa_flags = SA_SIGINFO;
    } else {
        action.sa_handler = plain;
    }
    must(sigaction(signal, &action, NULL) == 0, "sigaction");
}

__attribute__((noinline)) static int read_direct(int descriptor)
{
    int got;
    __asm__ volatile("int $0x80" : "=a"(got) : "a"(3), "b"(descriptor), "c"(&g_direct), "d"(sizeof g_direct) : "memory"); direct_line = __LINE__;
    return got == sizeof g_direct;
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 2000), plain = 0, info = 0, direct = 0;
    int ends[2];
    must(pipe(ends) == 0, "pipe");
    handle(SIGUSR1, write_plain, NULL);
    handle(SIGUSR2, NULL, write_info);
    for (int i = 1; i <= count; i++) {
        plain += raise(SIGUSR1) == 0;
        info += raise(SIGUSR2) == 0;
        must(write(ends[1], &i, sizeof g_direct) == sizeof g_direct, "write"); /* the low byte */
        direct += read_direct(ends[0]);
    }
    own_hits("g_plain", plain);
    own_writer("g_plain", "write_plain", plain_line);
    puts("rising g_plain");
    own_hits("g_info", info);
    own_writer("g_info", "write_info", info_line);
    puts("rising g_info");
    own_hits("g_direct", direct);
    own_writer("g_direct", "read_direct", direct_line);
    puts("syscall g_direct read");
    puts("rising g_direct");
    puts("threads 1");
    return 0;
}
