/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* A 32-bit program (gcc -m32 -nostdlib -static, so that no 32-bit C library is needed): writes g_small 100 times. */
static volatile int g_small;

static int call(int number, int first, const void *second, int third)
{
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory");
    return result;
}

__attribute__((noinline)) static void write_small(int value)
{
    g_small = value; /* @write_small */
}

void _start(void)
{
    static const char text[] = "hits g_small 100\n";
    for (int i = 1; i <= 100; i++)
        write_small(i);
    call(4, 1, text, sizeof text - 1); /* write, arch/x86/entry/syscalls/syscall_32.tbl */
    call(1, 0, text, 0);               /* exit */
}
