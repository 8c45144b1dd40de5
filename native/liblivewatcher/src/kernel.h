/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * System calls without libc around them: libc's poll, sendmsg and close are cancellation points, and a thread cancelled inside
 * the library would keep its lock; and errno, which belongs to the program, stays untouched.
 */
#ifndef LIVEWATCHER_KERNEL_H
#define LIVEWATCHER_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#if !defined(__x86_64__) || defined(__ILP32__)
#error "liblivewatcher knows the debug registers of x86-64 only"
#endif

/* The kernel's answer: not negative, or -errno. (x86-64 psABI, A.2.1) */
static inline long lw_kernel(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Reads code without touching the memory: the page may not be there, or be for execution only. */
static inline bool lw_read_code(uint64_t address, unsigned char *to, size_t length)
{
    struct iovec local = {to, length}, remote = {(void *)(uintptr_t)address, length};
    long self = lw_kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
    return lw_kernel(SYS_process_vm_readv, self, (long)&local, 1, (long)&remote, 1, 0) == (long)length;
}

/* To the tick, 1 to 10 ms: it costs a few nanoseconds, no system call. */
static inline int64_t lw_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
