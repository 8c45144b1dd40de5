// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Expressions.Programs;

/// <summary>Thread-local variables of a program, of a library it is linked with and of one it opens later.</summary>
internal static class TlsProgram
{
    public const string Main = """
        #define _GNU_SOURCE
        #include "facts.h"
        #include <dlfcn.h>
        #include <pthread.h>
        #include <unistd.h>
        #include <sys/syscall.h>

        struct local { int a; struct local *next; char name[9]; };
        __thread char first = 'f';
        static __thread long counter = 5;
        __thread struct local mine = { 1, 0, "mine" };
        __thread int cleared[7];
        __thread char aligned[3] __attribute__((aligned(ALIGNMENT))) = { 1, 2, 3 };
        __thread struct local *pointer;
        extern __thread int lib_thread_int;
        extern void *lib_thread_static(void);
        static void *(*late)(int);
        static pthread_barrier_t barrier;

        static void say(const char *name, const char *text, void *place, size_t size)
        {
            printf("at\t%s@%s\t%p\t%zu\n", text, name, place, size);
        }

        static void *work(void *argument)
        {
            const char *name = argument;
            void *self;
            static int calls;
            static __thread int inside;
            inside++;
        #ifdef __i386__
            __asm__("mov %%gs:0, %0" : "=r"(self));
        #else
            __asm__("mov %%fs:0, %0" : "=r"(self));
        #endif
            pthread_setname_np(pthread_self(), name);
            pointer = &mine;
            flockfile(stdout);
            printf("thread\t%d\t%p\n", (int)syscall(SYS_gettid), self);
            if (name[0] != 't') {
                say(name, "first", &first, sizeof first);
                say(name, "counter", &counter, sizeof counter);
                say(name, "main.c::counter", &counter, sizeof counter);
                say(name, "work::inside", &inside, sizeof inside);
                say(name, "mine.name[2]", &mine.name[2], 1);
                say(name, "pointer->a", &pointer->a, sizeof pointer->a);
                say(name, "*(long *)&counter", &counter, sizeof counter);
                say(name, "cleared[6]", &cleared[6], sizeof cleared[6]);
                say(name, "aligned", &aligned, sizeof aligned);
                say(name, "lib_thread_int", &lib_thread_int, sizeof lib_thread_int);
                say(name, "lib_static", lib_thread_static(), sizeof(long));
            }
            if (name[0] == 'w' || name[0] == 'h')
                say(name, "late_counter", late(1), sizeof(long));
            funlockfile(stdout);
            calls++;
            pthread_barrier_wait(&barrier);
            pause();
            return 0;
        }

        int main(int argc, char **argv)
        {
            const char *names[] = { "worker", "helper 2", "idle", "twin", "twin" };
            void *library = dlopen(argv[1], RTLD_NOW);
            late = (void *(*)(int))dlsym(library, "late_place");
            pthread_barrier_init(&barrier, 0, 6);
            for (int i = 0; i < 5; i++) {
                pthread_t thread;
                pthread_create(&thread, 0, work, (void *)names[i]);
            }
            pthread_barrier_wait(&barrier);
            ready();
            return 0;
        }
        """;

    public const string Library = """
        __thread char lib_padding[3];
        __thread int lib_thread_int = 3;
        static __thread long lib_static = 4;
        void *lib_thread_static(void) { return &lib_static; }
        """;

    public const string Late = """
        static __thread char before[100] = { 1 };
        static __thread long late_counter = 8;
        void *late_place(int n) { before[3] += n; late_counter += n; return &late_counter; }
        """;

    /// <summary>One thread, no library: the whole program may be linked statically.</summary>
    public const string Single = """
        #include "facts.h"
        #include <unistd.h>
        __thread int only = 3;
        __thread long big[5] __attribute__((aligned(64)));
        int main(void)
        {
            void *self;
        #ifdef __i386__
            __asm__("mov %%gs:0, %0" : "=r"(self));
        #else
            __asm__("mov %%fs:0, %0" : "=r"(self));
        #endif
            big[only]++;
            printf("thread\t%d\t%p\n", (int)getpid(), self);
            AT(only);
            AT(big[3]);
            ready();
            return 0;
        }
        """;
}
