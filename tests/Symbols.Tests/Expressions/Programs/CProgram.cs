// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Expressions.Programs;

/// <summary>A C program of two units and a shared library that tells the place and size of everything it has.</summary>
internal static class CProgram
{
    public const string Facts = """
        #ifndef FACTS_H
        #define FACTS_H
        #include <stdio.h>
        #include <stddef.h>
        #define PLACE(text, object) printf("at\t%s\t%p\t%zu\n", text, (void *)&(object), sizeof(object))
        #define AT(object) PLACE(#object, object)
        #define WHOLE(expression) printf("is\t%s\t%lld\n", #expression, (long long)(expression))
        #define REAL(expression) printf("is\t%s\t%.17g\n", #expression, (double)(expression))
        #define WIDE(expression) printf("is\t%s\t%.18Lg\n", #expression, (long double)(expression))
        static inline void ready(void)
        {
            puts("ready");
            fflush(stdout);
            getchar();
        }
        #endif
        """;

    public const string Library = """
        #include "facts.h"

        struct lib_state { int open; struct lib_hidden *hidden; };
        struct lib_hidden { long depth; char name[8]; };

        int lib_counter = 5;
        struct lib_state lib_state = { 1, 0 };
        static int lib_static = 9;
        static struct lib_hidden hidden = { 77, "hidden" };

        void lib_facts(void)
        {
            lib_state.hidden = &hidden;
            AT(lib_counter);
            AT(lib_static);
            AT(lib_state);
            AT(lib_state.hidden->depth);
        }
        """;

    public const string Other = """
        #include "facts.h"

        struct secret { long weight; struct secret *next; };
        static int shared_name = 22;
        static volatile double only_here = 2.5;
        struct secret g_secret = { 40, &g_secret };
        struct secret *g_opaque = &g_secret;
        int g_sized_elsewhere[6] = { 1, 2, 3, 4, 5, 6 };

        int *other_counter(void)
        {
            static int calls = 100;
            calls++;
            return &calls;
        }

        void other_facts(void)
        {
            PLACE("other.c::shared_name", shared_name);
            PLACE("folder/other.c::shared_name", shared_name);
            AT(only_here);
            PLACE("other_counter::calls", *other_counter());
        }
        """;

    public const string Main = """
        #include "facts.h"
        #include <stdbool.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>

        enum state { ST_IDLE, ST_OPEN, ST_CLOSED = 7, ST_BROKEN = -1 };
        enum flags { F_READ = 1, F_WRITE = 2, F_EXEC = 4, F_ALL = 7 };

        struct limit { int soft; long hard; };
        struct conn {
            char tag[4];
            struct limit limit;
            struct conn *next;
            union {
                int number;
                float real;
                struct { short low, high; };
            };
            enum state state;
            int (*handler)(int);
            struct limit limits[3];
            struct limit *where[2];
        };
        typedef struct conn conn_t;
        struct bits {
            unsigned ready : 1;
            unsigned count : 5;
            int level : 4;
            enum flags mode : 3;
            unsigned long wide : 40;
            unsigned char last : 7;
            bool done : 1;
        };
        struct __attribute__((packed)) packed_bits {
            char first;
            unsigned long across : 60;
        };
        struct secret;
        extern struct secret *g_opaque;
        extern int g_sized_elsewhere[];
        extern int lib_counter;
        void lib_facts(void);
        void other_facts(void);

        static int shared_name = 11;
        int plain_int = -42;
        unsigned char small = 200;
        char letter = 'a';
        signed char negative = -5;
        short table[3][5];
        long long big = -9000000000LL;
        unsigned long huge = 18446744073709551615UL;
        __int128 widest = -7;
        bool yes = true;
        float real_float = 0.1f;
        double real_double = -1.5e300;
        long double real_long = 0.1L;
        _Complex double pair = 1.0;
        enum state state = ST_OPEN;
        enum state wrong_state = (enum state)3;
        enum flags flags = (enum flags)5;
        char text[12] = "hi\n\033[31m\"";
        const char *message = "hello";
        struct conn first, second;
        struct conn *head = &first;
        conn_t *connections[4] = { 0, &second, &first, 0 };
        struct conn **indirect = &connections[1];
        struct conn *null_conn;
        struct conn *wild = (struct conn *)0x10;
        void *anything = &plain_int;
        int matrix[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
        int (*row)[3] = &matrix[1];
        int (*function_pointer)(int);
        struct bits bits = { 1, 17, -3, F_EXEC, 0x12345678ab, 99, true };
        struct packed_bits packed_bits = { 'x', 0x123456789abcdef };
        volatile int seldom;
        const int fixed_table[2] = { 8, 9 };
        _Atomic int atomic_int = 4;
        uint8_t bytes[5] = { 1, 2, 3, 4, 255 };
        int64_t stamp = 1234567890123;
        size_t index_two = 2;
        struct { int x, y; } nameless = { 3, 4 };
        struct empty_end { int n; int tail[]; } *growing;
        int main_only(int n) { static long total; total += n; PLACE("main_only::total", total); PLACE("total", total); return (int)total; }
        int twice(int n) { static int memory[2] = { 1, 2 }; memory[0] += n; PLACE("twice::memory", memory); PLACE("twice::memory[1]", memory[1]); PLACE("memory", memory); return n * 2; }

        int main(void)
        {
            function_pointer = twice;
            memcpy(first.tag, "abc", 4);
            first.next = &second;
            first.limit.hard = 1000;
            first.where[1] = &second.limits[2];
            second.next = &first;
            second.handler = main_only;
            second.state = ST_CLOSED;
            growing = calloc(1, sizeof *growing + 4 * sizeof(int));
            main_only(3);
            twice(4);
            AT(plain_int); AT(small); AT(letter); AT(negative); AT(table); AT(table[2]); AT(table[2][4]); AT(big); AT(huge);
            AT(widest); AT(yes); AT(real_float); AT(real_double); AT(real_long); AT(pair); AT(state); AT(flags); AT(text); AT(text[3]);
            AT(message); AT(*message); AT(message[4]); AT(first); AT(first.limit.hard); AT(first.limit); AT(head); AT(*head);
            AT(head->next->state); AT(head->limits[1].hard); AT((*head).tag[2]); AT(head->where[1]->soft); AT(*head->where[1]);
            AT(connections); AT(connections[1]); AT(*connections[2]); AT(connections[1]->next->next->limit.soft); AT(indirect); AT((**indirect).handler);
            AT(indirect[1]->state); AT((*indirect)->number); AT(head->real); AT(head->low); AT(head->high); AT(matrix[1][2]);
            AT(row); AT((*row)[1]); AT(row[-1][0]); AT(*(matrix[0] + 4)); AT(*(&plain_int + 0)); AT(*&plain_int); AT(*(char *)&big); AT(*((char *)&big + 3));
            AT(anything); AT(*(int *)anything); AT(((struct conn *)head)->state); AT((*(conn_t *)head).next); AT(((unsigned short *)anything)[1]); AT(*(1 + &plain_int - 1));
            AT(bits); AT(packed_bits.first); AT(seldom); AT(fixed_table[1]); AT(atomic_int); AT(bytes); AT(bytes[4]); AT(stamp); AT(index_two);
            AT(matrix[0][index_two]); AT(matrix[index_two - 1][1]); AT(nameless); AT(nameless.y); AT(growing->n); AT(growing->tail[3]); AT(function_pointer);
            AT(g_opaque); AT(lib_counter); AT(g_sized_elsewhere[5]); AT(*(uint16_t *)((char *)&stamp + 2)); AT(*(int (*)[3])row); AT(table['\x02'][0x1 + 0b10 + 01]);
            AT(*(long*)(void*)&huge); AT(null_conn); AT(wild); AT((&first)->limit.soft); AT(*(struct limit *)&first.limit); AT(*(const volatile unsigned long int *)&huge);
            PLACE("main.c::shared_name", shared_name);
            printf("at\t*(struct conn*)%p\t%p\t%zu\n", (void *)&second, (void *)&second, sizeof second);
            printf("at\t((conn_t*)%lu)->state\t%p\t%zu\n", (unsigned long)&second, (void *)&second.state, sizeof second.state);
            printf("at\t%p:7\t%p\t7\n", (void *)&table, (void *)&table);
            printf("at\t%p + 2*3 :4\t%p\t4\n", (void *)&table, (void *)((char *)&table + 6));
            lib_facts();
            other_facts();
            WHOLE(plain_int); WHOLE(small); WHOLE(big); WHOLE(yes); WHOLE(letter); WHOLE(negative); WHOLE(state); WHOLE(wrong_state); WHOLE(flags); WHOLE(stamp);
            WHOLE(first.limit.hard); WHOLE(second.state); WHOLE(atomic_int); WHOLE(head->next->limit.soft); WHOLE(bytes[4]); WHOLE(connections[1]->state);
            WHOLE(bits.ready); WHOLE(bits.count); WHOLE(bits.level); WHOLE(bits.mode); WHOLE(bits.wide); WHOLE(bits.last); WHOLE(bits.done); WHOLE(packed_bits.across);
            REAL(real_float); REAL(real_double); WIDE(real_long);
            printf("is\thuge\t%lu\n", huge);
            ready();
            return seldom;
        }
        """;
}
