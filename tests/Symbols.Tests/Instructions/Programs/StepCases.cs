// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>The special cases, one function a kind, for <see cref="StepProgram"/>. Only case_lost overwrites its own
/// base registers. HAVE_AVX2 is defined where the machine can run those instructions.</summary>
internal static class StepCases
{
    public const string Source = """
            .intel_syntax noprefix
            .text
            .macro case name
            .globl case_\name
            .type case_\name, @function
        case_\name:
            .endm
            .macro done name
            ret
            .size case_\name, . - case_\name
            .endm

            case move
            lea rbx, [rip+arena]
            movabs rax, 0x1122334455667788
            mov [rbx], al
            mov [rbx+1], ah
            mov [rbx+2], ax
            mov [rbx+4], eax
            mov [rbx+8], rax
            mov byte ptr [rbx+16], 0x5a
            mov word ptr [rbx+17], 0x1234
            mov dword ptr [rbx+21], 0xdeadbeef
            mov qword ptr [rbx+25], -2
            mov [rip+arena+40], rax
            mov [rip+arena+48], r8d
            mov ecx, 3
            mov [rbx+rcx*8+40], rax
            mov [ebx+72], rax
            movabs [arena+80], al
            mov [rbx+88], rbx
            movnti [rbx+96], rax
            .ifdef HAVE_AVX2
            movbe [rbx+104], rax
            movbe [rbx+112], ax
            .endif
            cmp eax, 5
            setne [rbx+120]
            setb [rbx+121]
            seta [rbx+122]
            setg [rbx+123]
            setle [rbx+124]
            mov [rbx+126], ds
            done move

            case modify
            lea rbx, [rip+arena+256]
            mov eax, 77
            add [rbx], rax
            add dword ptr [rbx+8], 1000
            sub [rbx+16], ax
            sub byte ptr [rbx+18], 1
            inc dword ptr [rbx+20]
            dec qword ptr [rbx+24]
            and dword ptr [rbx+32], 0x0f0f0f0f
            or qword ptr [rbx+40], 0x40000001
            xor [rbx+48], al
            not qword ptr [rbx+56]
            neg dword ptr [rbx+64]
            lock add [rbx+72], rax
            bts dword ptr [rbx+80], 4
            btr dword ptr [rbx+80], 4
            btc dword ptr [rbx+88], 30
            lea rcx, [rax*4]
            bts [rbx+96], rcx
            btr [rbx+96], rcx
            bts [rbx+96], rcx
            mov rcx, -70
            btc [rbx+96], rcx
            add qword ptr [rbx+132], 0x7fffffff
            lock inc word ptr [rbx+146]
            done modify

            case opaque
            lea rbx, [rip+arena+512]
            mov rcx, 99
            lock xadd [rbx], rcx
            mov rdx, 98
            xchg [rbx+8], rdx
            adc dword ptr [rbx+16], 3
            stc
            sbb qword ptr [rbx+24], 3
            rol dword ptr [rbx+32], 5
            mov cl, 3
            shl qword ptr [rbx+40], cl
            sar byte ptr [rbx+48], 1
            shld [rbx+56], rbx, 9
            mov eax, 1
            cvtsi2sd xmm0, eax
            movsd [rbx+64], xmm0
            unpcklpd xmm0, xmm0
            movaps [rbx+80], xmm0
            movups [rbx+97], xmm0
            movdqu [rbx+120], xmm0
            movntdq [rbx+144], xmm0
            movlps [rbx+160], xmm0
            movhpd [rbx+168], xmm0
            movd [rbx+176], xmm0
            movq [rbx+184], xmm0
            pextrw [rbx+193], xmm0, 3
            .ifdef HAVE_AVX2
            vbroadcastsd ymm1, xmm0
            vmovups [rbx+200], ymm1
            vmovdqa [rbx+256], ymm1
            vpcmpeqd ymm2, ymm2, ymm2
            vpsrldq ymm2, ymm2, 4
            vmaskmovps [rbx+300], ymm2, ymm1
            vpmaskmovq [rbx+340], ymm2, ymm1
            vzeroupper
            .endif
            pcmpeqb xmm3, xmm3
            lea rdi, [rbx+380]
            maskmovdqu xmm0, xmm3
            fld1
            fst dword ptr [rbx+400]
            fst qword ptr [rbx+404]
            fistp word ptr [rbx+412]
            fld1
            fstp tbyte ptr [rbx+416]
            stmxcsr [rbx+432]
            fnstcw [rbx+440]
            fnstenv [rbx+448]
            lea rbx, [rip+arena+1024]
            fxsave64 [rbx]
            mov eax, 7
            xor edx, edx
            xsave [rbx+1024]
            mov rcx, 0x55aa
            mov rdx, -1
            crc32 rdx, rcx
            lea rdi, [rip+arena+3200]
            lea rsi, [rip+arena]
            done opaque

            case exchange
            lea rbx, [rip+arena+3328]
            mov rax, [rbx]
            mov rcx, 0x7777
            lock cmpxchg [rbx], rcx
            mov eax, [rbx+8]
            mov ecx, 0x8888
            cmpxchg [rbx+8], ecx
            mov al, [rbx+16]
            mov ch, 0x11
            cmpxchg [rbx+16], ch
            mov rax, [rbx+32]
            mov rdx, [rbx+40]
            mov rsi, rbx
            mov rcx, 0x1111
            mov rdi, 0x2222
            mov rbx, rdi
            lock cmpxchg16b [rsi+32]
            mov rbx, rsi
            mov eax, [rbx+48]
            mov edx, [rbx+52]
            mov ecx, 0x3333
            mov ebx, 0x4444
            cmpxchg8b [rsi+48]
            done exchange

            case strings
            cld
            lea rdi, [rip+arena+5120]
            movabs rax, 0x0102030405060708
            stosb
            stosw
            stosd
            stosq
            mov ecx, 5
            rep stosb
            mov ecx, 4
            rep stosd
            mov ecx, 6
            rep stosq
            lea rsi, [rip+arena+100]
            movsb
            movsw
            movsd
            movsq
            mov ecx, 7
            rep movsb
            mov ecx, 3
            rep movsq
            lea rdi, [rip+arena+5999]
            lea rsi, [rip+arena+99]
            std
            mov ecx, 6
            rep movsb
            stosb
            sub rdi, 7
            mov ecx, 3
            rep stosq
            cld
            lea rdi, [rip+arena+6100]
            mov ecx, 3
            mov byte ptr [rdi-1], 0xee
            rep stosb
            mov qword ptr [rip+arena+6200], 0x123
            lea rdi, [rip+arena+6208]
            mov ecx, 2
            mov qword ptr [rip+arena+6216], 0x124
            rep stosq
            lea edi, [arena+6300]
            mov ecx, 2
            rep stos dword ptr es:[edi]
            done strings

            case stack
            mov rax, rsp
            mov [rip+saved], rsp
            lea rsp, [rip+arena+8192]
            push rax
            push rsp
            push 0x33
            push 0x12345678
            push word ptr 0x77
            push ax
            lea rbx, [rip+arena]
            push qword ptr [rbx]
            push qword ptr [rsp+8]
            push fs
            pushfq
            call 1f
        1:  lea rcx, [rip+callee]
            call rcx
            lea rdx, [rip+pointer]
            call [rdx]
            call [rip+pointer]
            mov r8d, 1
            call [rdx+r8*8-8]
            push rcx
            call [rsp]
            call callee
            lea rbp, [rip+arena+8400]
            enter 48, 0
            mov [rbp-8], rcx
            leave
            enter 16, 2
            leave
            pop qword ptr [rbx+6400]
            pop qword ptr [rip+arena+6408]
            pop qword ptr [rsp+64]
            pop word ptr [rbx+6416]
            mov rsp, [rip+saved]
            done stack

            .type callee, @function
        callee:
            mov [rip+arena+6500], rsp
            add qword ptr [rip+arena+6508], 3
            ret
            .size callee, . - callee

            case thread
            mov rax, fs:[0]
            lea rcx, [rip+arena+6600]
            sub rcx, rax
            mov qword ptr fs:[rcx], 0x41
            add dword ptr fs:[rcx+8], 3
            mov fs:[rcx+16], rax
            done thread

            case lost
            lea rbx, [rip+arena+6700]
            lea rcx, [rip+arena+6708]
            xadd [rbx], rbx
            xchg [rcx], rcx
            done lost

            .globl run_cases
            .type run_cases, @function
        run_cases:
            push rbx
            push rbp
            call case_move
            call case_modify
            call case_opaque
            call case_exchange
            call case_strings
            call case_stack
            call case_thread
            call case_lost
            pop rbp
            pop rbx
            ret
            .size run_cases, . - run_cases

            .data
            .balign 8
        pointer: .quad callee
        saved: .quad 0
            .section .note.GNU-stack,"",@progbits
        """;
}
