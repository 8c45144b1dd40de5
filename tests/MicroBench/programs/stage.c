/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * stage: writes a member of a table at the end of a dozen calls, says with which registers and on what stack, and stays as it is until its input ends.
 * What it writes to standard output is what a hit's record has: UserRegisters in their order, then 16 KiB of stack (whoever starts it puts as much
 * into its environment, which lies above main()'s frame).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REGISTERS = 21, STACK = 16384, DEPTH = 9 };

struct connection {
    int descriptor;
    long bytes;
    int refcnt;
    struct connection *next;
};

struct connection g_table[8];
volatile long g_sum;
unsigned long g_registers[REGISTERS];

static void tell(const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t wrote = write(STDOUT_FILENO, (const char *)bytes + done, length - done);
        if (wrote <= 0)
            exit(1);
        done += (size_t)wrote;
    }
}

/* The store, and the registers as a debug exception behind it would find them. */
static inline __attribute__((always_inline)) void store(struct connection *connection, int value)
{
    __asm__ volatile("movl %k1, %0\n"
                     "1: movq %%r15, 0(%2)\n movq %%r14, 8(%2)\n movq %%r13, 16(%2)\n movq %%r12, 24(%2)\n"
                     "movq %%rbp, 32(%2)\n movq %%rbx, 40(%2)\n movq %%rax, 80(%2)\n movq %%rcx, 88(%2)\n"
                     "movq %%rdx, 96(%2)\n movq %%rsi, 104(%2)\n movq %%rdi, 112(%2)\n movq %%rsp, 152(%2)\n"
                     "leaq 1b(%%rip), %%rax\n movq %%rax, 128(%2)\n"
                     : "=m"(connection->refcnt)
                     : "r"(value), "r"(g_registers)
                     : "rax", "memory");
}

static inline __attribute__((always_inline)) void retain(struct connection *connection)
{
    store(connection, connection->refcnt + 1);
}

__attribute__((noinline)) static void touch(struct connection *connection)
{
    char pad[64];
    memset(pad, (int)g_sum, sizeof pad);
    retain(connection);
    g_registers[15] = (unsigned long)-1; /* orig_rax: no system call */
    g_registers[17] = 0x33;              /* cs: 64-bit code */
    tell(g_registers, sizeof g_registers);
    tell((const void *)g_registers[19], STACK);
    g_sum += pad[1];
}

__attribute__((noinline)) static long descend(int depth)
{
    volatile char pad[48];
    pad[0] = (char)depth;
    long sum = 0;
    if (depth > 0)
        sum = descend(depth - 1);
    else
        touch(&g_table[3]);
    return sum + pad[0];
}

int main(void)
{
    g_table[3].refcnt = 41;
    g_sum = descend(DEPTH);
    char last;
    while (read(STDIN_FILENO, &last, 1) > 0) {
    }
    return 0;
}
