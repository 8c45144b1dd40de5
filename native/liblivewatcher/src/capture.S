/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * void lw_capture(uint64_t registers[21]): the registers as they are behind this call, in the order of struct pt_regs. From them
 * and the call frame information of its caller, a function of this library, the listener finds the program's frame exactly;
 * a C function could not know what its compiler has done with the callee-saved registers.
 */
        .text
        .globl lw_capture
        .hidden lw_capture
        .type lw_capture, @function
        .p2align 4
lw_capture:
        .cfi_startproc
        endbr64
        movq %r15, 0(%rdi)
        movq %r14, 8(%rdi)
        movq %r13, 16(%rdi)
        movq %r12, 24(%rdi)
        movq %rbp, 32(%rdi)
        movq %rbx, 40(%rdi)
        movq %r11, 48(%rdi)
        movq %r10, 56(%rdi)
        movq %r9, 64(%rdi)
        movq %r8, 72(%rdi)
        movq %rax, 80(%rdi)
        movq %rcx, 88(%rdi)
        movq %rdx, 96(%rdi)
        movq %rsi, 104(%rdi)
        movq %rdi, 112(%rdi)
        movq $-1, 120(%rdi)             /* orig_rax: in no system call */
        movq (%rsp), %rax
        movq %rax, 128(%rdi)            /* rip: the return address */
        xorl %eax, %eax
        movw %cs, %ax
        movq %rax, 136(%rdi)
        pushfq
        .cfi_adjust_cfa_offset 8
        popq 144(%rdi)
        .cfi_adjust_cfa_offset -8
        leaq 8(%rsp), %rax
        movq %rax, 152(%rdi)            /* rsp: as behind the return */
        xorl %eax, %eax
        movw %ss, %ax
        movq %rax, 160(%rdi)
        ret
        .cfi_endproc
        .size lw_capture, .-lw_capture

        .section .note.GNU-stack, "", @progbits

        /* IBT and SHSTK: without this note the linker takes both away from the whole program. */
        .section .note.gnu.property, "a", @note
        .p2align 3
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0000002, 4, 3, 0
