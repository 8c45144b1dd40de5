/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * acted WRITES FILE [THREADS]: threads write g_acted, each WRITES times, and count on the first page of FILE, which outlives them, before
 * and after each write. SIGUSR1 counts where it has met its thread: behind the write, or elsewhere. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "own.h"

struct page {
    long before, after, next, behind, elsewhere, thread;
};

static volatile long g_acted;
static struct page *page;
static long writes;
static __thread int is_writer;

extern char acted_next[]; /* the instruction behind the write */

NOINLINE static void write_acted(long value)
{
    __asm__ volatile("movq %1, %0\n.globl acted_next\nacted_next:\n\tnop" : "=m"(g_acted) : "r"(value));
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    const ucontext_t *at = context;
    int right = is_writer && at->uc_mcontext.gregs[REG_RIP] == page->next;
    __atomic_fetch_add(right ? &page->behind : &page->elsewhere, 1, __ATOMIC_SEQ_CST);
}

static void *work(void *argument)
{
    (void)argument;
    is_writer = 1;
    page->thread = syscall(SYS_gettid);
    for (long i = 1; i <= writes; i++) {
        __atomic_fetch_add(&page->before, 1, __ATOMIC_SEQ_CST);
        write_acted(i);
        __atomic_fetch_add(&page->after, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    writes = argument(argc, argv, 1, 100);
    long threads = argument(argc, argv, 3, 1);
    must(argc > 2 && threads <= 16, "acted WRITES FILE [THREADS]");
    int file = open(argv[2], O_RDWR | O_CREAT, 0600);
    must(file >= 0 && ftruncate(file, 4096) == 0, "file");
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    must(page != MAP_FAILED, "mmap");
    page->next = (long)acted_next;
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    must(sigaction(SIGUSR1, &act, NULL) == 0, "sigaction");
    gate();
    pthread_t all[16];
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], NULL, work, NULL) == 0, "pthread_create");
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    fact("writes", page->after);
    return 0;
}
