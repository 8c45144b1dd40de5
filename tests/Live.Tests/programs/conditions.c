/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * conditions FROM TO: of the conditions of conditions.inc those from FROM on and before TO, counted from 0. Writes values to w_N of which
 * the compiler's own code decides how often each condition holds. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "own.h"

struct link {
    struct link *next;
    int value;
};

enum state { IDLE, RUNNING, STOPPED = 5, FAILED = -1 };
enum { FOURTH = 4 };

typedef enum state state;
typedef int *pointer;
typedef void (*callback)(void);

volatile int g_limit = 100, g_default, g_index = 2;
volatile unsigned char g_byte = 200;
volatile long g_long = 41;
volatile float g_float = 2.5f;
int g_array[4] = {3, 5, 7, 9};
int *volatile g_pointer = &g_array[0];
int *volatile g_null;
static struct link last = {NULL, 6}, first = {&last, 42};
struct link *volatile g_link = &first;
volatile struct {
    int before;
    int second;
    signed narrow : 5;
    unsigned wide_bits : 20;
} g_pair = {1, 17, -1, 65535};

NOINLINE static void on_read(void)
{
    g_limit = g_limit;
}

NOINLINE static void on_write(void)
{
    g_default = g_default;
}

typedef unsigned uint_t;
typedef signed char schar_t;
typedef unsigned char uchar_t;
typedef unsigned short ushort_t;
typedef unsigned long ulong_t;

static const int values_int[] = {0, 1, 2, 3, 4, 5, 6, 7, 10, 17, 41, 42, 97, 100, 101, 127, 128, 200, 255, 256, 0x7fff, 65535, 0x7fffffff,
    -1, -2, -3, -4, -5, -128, -2147483647 - 1, 1, 1, 0};
static const uint_t values_uint_t[] = {0, 1, 2, 100, 0x7fffffff, 0x80000000, 0xffffffff, 0, 0xffffffff, 5, 5};
static const schar_t values_schar_t[] = {0, 1, 2, 100, 127, -128, -1, -100, 127, 0, 1, 1};
static const uchar_t values_uchar_t[] = {0, 1, 2, 100, 127, 128, 255, 0, 200, 201, 255, 255, 1};
static const short values_short[] = {0, 1, -1, 0x7fff, -0x8000, 5, -2};
static const ushort_t values_ushort_t[] = {0, 1, 0xffff, 0x8000, 5, 0, 6};
static const long values_long[] = {0, 1, -1, -2, 41, 0x123456789abcdef, 0x7fffffff, 0x80000000, INT64_MAX, INT64_MIN, -11, 1};
static const ulong_t values_ulong_t[] = {0, 1, UINT64_MAX, 1ul << 63, 15, 25, (1ul << 63) - 1};
static const float values_float[] = {0, -0.0f, 0.5f, -1.5f, 1e20f, 1e-40f, -1e-40f, INFINITY, -INFINITY, NAN, 2.5f, 3};
static const double values_double[] = {0, -0.0, 0.5, -0.25, -0.5, 41, 41.5, 3, 3.5, 1e300, -1e300, 5e-324, INFINITY, NAN, 1,
    18446744073709551616.0, 18446744073709549568.0};
static const pointer values_pointer[] = {NULL, (int *)&g_default, &g_array[0], &g_array[1], &g_array[2], &g_array[3], NULL, &g_array[2]};
static const callback values_callback[] = {NULL, on_read, on_write, on_read, NULL};
static const state values_state[] = {IDLE, RUNNING, STOPPED, FAILED, RUNNING, IDLE, STOPPED};
static const bool values_bool[] = {false, true, true, false, false, true};

/* One variable and one function for each line. */
#define JOINED(name, line) name##line
#define NAMED(name, line) JOINED(name, line)
#define C(type, ...)                                                                                                   \
    volatile type NAMED(w_, __LINE__);                                                                                 \
    NOINLINE static long NAMED(held_, __LINE__)(void)                                                                  \
    {                                                                                                                  \
        long held = 0;                                                                                                 \
        type old = 0;                                                                                                  \
        for (size_t i = 0; i < sizeof(values_##type) / sizeof(type); i++) {                                            \
            type new = values_##type[i];                                                                               \
            NAMED(w_, __LINE__) = new;                                                                                 \
            held += (__VA_ARGS__) ? 1 : 0;                                                                             \
            old = new;                                                                                                 \
        }                                                                                                              \
        return held;                                                                                                   \
    }
#include "conditions.inc"
#undef C

#define C(type, ...) NAMED(held_, __LINE__),
static long (*const all[])(void) = {
#include "conditions.inc"
};
#undef C

int main(int argc, char **argv)
{
    long from = argument(argc, argv, 1, 0), to = argument(argc, argv, 2, 1000);
    for (long i = from; i < to && i < (long)(sizeof(all) / sizeof(all[0])); i++) {
        char name[32];
        snprintf(name, sizeof(name), "held %ld", i);
        fact(name, all[i]());
    }
    return 0;
}
