// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>Instructions for <see cref="SpecialCaseTests"/>, in functions of which the tests pick lines by number.</summary>
internal static class SpecialProgram
{
    public const string Source = """
            .intel_syntax noprefix
            .text
            .macro func name
            .globl \name
            .type \name, @function
        \name:
            .endm
            .macro end name
            .size \name, . - \name
            .endm

            func loads
            mov rax, [rax]
            add rcx, [rbx+16]
            cmp [rbx], rcx
            lodsq
            scasb
            cmpsb
            nop
            repne scasb
            bt [rbx], rcx
            mov eax, [rip+g_count]
            lea rcx, [rbx]
            ret
            end loads

            func wide
            vmovdqu32 [rbx]{k1}, zmm0
            vmovups [rbx], zmm0
            vmovntdq [rbx], zmm0
            vcompressps [rbx]{k1}, zmm0
            vpscatterdd [rbx+zmm1*4]{k1}, zmm2
            xsave [rbx]
            ret
            end wide

            func line
            lea rax, [rbx+5]
            clzero
            ret
            end line

            func callee
            mov [rip+g_count], eax
            ret
            end callee

            func caller
            call [rip+g_pointer]
            call callee
            call rcx
            call stub
            mov dword ptr [rip+g_count], 5
            jmp [rip+g_pointer]
            end caller

            func stub
            bnd jmp [rip+g_pointer]
            end stub

            func kernel
            syscall
            nop
            int 0x80
            ret
            end kernel

            func local
            mov dword ptr fs:[-8], 7
            mov dword ptr gs:[16], 7
            ret
            end local

            func fill
            mov byte ptr [rdi-1], 0xee
            rep stosb
            mov qword ptr [rip+g_wide], 0
            rep stosq
            ret
            end fill

            func modify
            add [rbx], rcx
            or [rbx], rcx
            mov [rbx], rcx
            sub dword ptr [rbx], 1
            movaps [rbx], xmm0
            cmpxchg [rbx], rcx
            xchg [rbx], rcx
            mov rax, [rbx]
            ret
            end modify

            .data
            .globl g_count, g_pointer, g_wide
            .balign 8
        g_pointer: .quad callee
        g_count: .long 0, 0
        g_wide: .quad 0, 0
            .section .note.GNU-stack,"",@progbits

        """;

    public const string Source32 = """
            .intel_syntax noprefix
            .text
            .globl caller
            .type caller, @function
        caller:
            mov [ebx+4], eax
            push ecx
            call callee
            int 0x80
            ret
            .size caller, . - caller
            .globl callee
            .type callee, @function
        callee:
            ret
            .size callee, . - callee
            .globl local
            .type local, @function
        local:
            mov dword ptr gs:[0xfffffffc], 7
            ret
            .size local, . - local
            .section .note.GNU-stack,"",@progbits

        """;
}
