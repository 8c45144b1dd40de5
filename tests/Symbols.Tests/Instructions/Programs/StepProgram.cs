// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>A C++ program that runs code one instruction at a time (EFLAGS.TF) and writes for each one that changed its
/// arena: where the instruction began, the registers after it, the bytes before and after. So what each instruction
/// did is told by the processor, not by a decoder.</summary>
internal static class StepProgram
{
    public const string Source = """
        // Runs code one instruction at a time and writes down what each one did to memory.
        #include <algorithm>
        #include <csignal>
        #include <cstdint>
        #include <cstdio>
        #include <cstring>
        #include <map>
        #include <string>
        #include <ucontext.h>
        #include <vector>

        extern "C" {
        alignas(4096) unsigned char arena[65536];
        unsigned char shadow[sizeof arena];
        void run_cases();
        }

        struct Record {
            uint64_t from, fs_base;
            uint64_t regs[21];
            uint64_t address;
            unsigned char before[128], after[128], stack[64];
        };

        static uint64_t previous;
        static bool stepping;
        static size_t used = sizeof arena / 2;

        void *operator new(size_t size)
        {
            used = (used + 15) & ~size_t{15};
            void *p = arena + used;
            used += size;
            if (used > sizeof arena) _Exit(9);
            return p;
        }
        void operator delete(void *) noexcept {}
        void operator delete(void *, size_t) noexcept {}

        static void on_trap(int, siginfo_t *, void *context)
        {
            greg_t *g = static_cast<ucontext_t *>(context)->uc_mcontext.gregs;
            static const int order[] = {REG_R15, REG_R14, REG_R13, REG_R12, REG_RBP, REG_RBX, REG_R11, REG_R10, REG_R9, REG_R8,
                REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, -1, REG_RIP, -2, REG_EFL, REG_RSP, -3};
            uint64_t from = previous;
            previous = g[REG_RIP];
            if (from && memcmp(arena, shadow, sizeof arena)) {
                size_t first = 0;
                while (arena[first] == shadow[first]) first++;
                static Record r;
                memset(&r, 0, sizeof r);
                r.from = from;
                asm("mov %%fs:0, %0" : "=r"(r.fs_base));
                for (int i = 0; i < 21; i++)
                    r.regs[i] = order[i] >= 0 ? g[order[i]] : order[i] == -1 ? ~0ull : order[i] == -2 ? 0x33 : 0x2b;
                first &= ~size_t{7};
                r.address = reinterpret_cast<uint64_t>(arena + first);
                size_t n = std::min(sizeof r.before, sizeof arena - first);
                memcpy(r.before, shadow + first, n);
                memcpy(r.after, arena + first, n);
                auto sp = static_cast<uint64_t>(g[REG_RSP]);
                memcpy(r.stack, reinterpret_cast<void *>(sp), sizeof r.stack);
                memcpy(shadow, arena, sizeof arena);
                if (fwrite(&r, sizeof r, 1, stdout) != 1) _Exit(8);
            }
            if (!stepping) g[REG_EFL] &= ~0x100ll;
        }

        template <class T> __attribute__((noinline)) static void fill(std::vector<T> &v, int n)
        {
            for (int i = 0; i < n; i++) v.push_back(static_cast<T>((i * 7919) % 101 + 0.5));
        }

        __attribute__((noinline)) static void workload()
        {
            std::vector<int> a;
            std::vector<double> d;
            std::vector<short> s;
            std::vector<unsigned char> c;
            fill(a, 40);
            fill(d, 20);
            fill(s, 30);
            fill(c, 50);
            std::sort(a.begin(), a.end());
            std::sort(d.begin(), d.end());
            std::reverse(s.begin(), s.end());
            std::map<std::string, long> m;
            for (int i = 0; i < 12; i++) m["a key that is longer than the small buffer " + std::to_string(i * 37 % 17)] += i;
            m.erase(m.begin());
            std::string text = "live";
            for (int i = 0; i < 6; i++) text += text;
            for (size_t n : {1, 2, 3, 5, 8, 13, 16, 31, 33, 64, 100, 129, 257, 600}) {
                memset(arena + 100, static_cast<int>(n), n);
                memcpy(arena + 1200, text.data() + 1, n);
                memmove(arena + 1201, arena + 1200, n);
            }
            snprintf(reinterpret_cast<char *>(arena) + 3000, 100, "%d %s %.3f %lx", 42, "forty-two", 2.75, 0xfeedL);
            std::fill(arena + 4096, arena + 4200, 1);
        }

        int main()
        {
            static unsigned char stack[65536];
            stack_t alternate = {};
            alternate.ss_sp = stack;
            alternate.ss_size = sizeof stack;
            sigaltstack(&alternate, nullptr);
            struct sigaction action = {};
            action.sa_sigaction = on_trap;
            action.sa_flags = SA_SIGINFO | SA_ONSTACK;
            sigaction(SIGTRAP, &action, nullptr);
            for (size_t i = 0; i < sizeof arena; i++) arena[i] = static_cast<unsigned char>(i * 31 + (i >> 8) * 17 + 3);
            memcpy(shadow, arena, sizeof arena);
            static char buffer[1 << 16];
            setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
            stepping = true;
            asm volatile("pushfq\n orq $0x100, (%%rsp)\n popfq\n nop" ::: "memory", "cc");
            run_cases();
            workload();
            stepping = false;
            asm volatile("nop\n nop" ::: "memory");
            return fflush(stdout);
        }
        """;
}
