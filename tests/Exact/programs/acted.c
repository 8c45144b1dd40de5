/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* acted N FILE: one global, N writes, counted before and after each on a page of FILE, which outlives the program; SIGUSR1 is counted where it
 * arrives right behind a write. acted - FILE: says what is on the page. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

struct page {
    long before, after, behind, elsewhere;
};

static volatile long g_acted;
static struct page *page;
extern char acted_next[];

__attribute__((noinline)) static void write_acted(long value)
{
    __asm__ volatile("movq %1, %0\n.globl acted_next\nacted_next:\n\tnop" : "=m"(g_acted) : "r"(value));
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    const ucontext_t *at = context;
    if (at->uc_mcontext.gregs[REG_RIP] == (long)acted_next)
        page->behind++;
    else
        page->elsewhere++;
}

int main(int argc, char **argv)
{
    int file = argc > 2 ? open(argv[2], O_RDWR | O_CREAT, 0600) : -1;
    if (file < 0 || ftruncate(file, 4096) != 0)
        return 99;
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED)
        return 99;
    if (strcmp(argv[1], "-") == 0) {
        printf("%ld %ld %ld %ld\n", page->before, page->after, page->behind, page->elsewhere);
        return 0;
    }
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &act, NULL);
    long count = strtol(argv[1], NULL, 10);
    for (long i = 1; i <= count; i++) {
        page->before++;
        write_acted(i);
        page->after++;
    }
    return 0;
}
