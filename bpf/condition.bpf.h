/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Decides a watch's condition at a hit: a small machine of registers, whose steps livewatcher has compiled from C.
 * ConditionMachine (src/Livewatcher.Model/Conditions) does the same where the kernel does not; tests/Symbols.Tests/Conditions
 * holds both to the same verdicts. The includer provides read_target(to, length, address), 0 where it could be read.
 */
#ifndef LIVEWATCHER_CONDITION_BPF_H
#define LIVEWATCHER_CONDITION_BPF_H

#include "watch_event.h"

#define LW_DOUBLE_INFINITY 0x7ff0000000000000ull
#define LW_DOUBLE_SIGN (1ull << 63)

/* What one hit brings, and the registers; in a map's memory, for 512 bytes of stack are few. */
struct lw_evaluation {
    lw_u64 variables[LW_CONDITION_VARIABLES];
    lw_u64 known; /* mask of the variables that are known */
    lw_u64 result; /* of a step */
    lw_u64 registers[LW_CONDITION_REGISTERS];
};

static __always_inline int is_nan(lw_u64 bits)
{
    return (bits & ~LW_DOUBLE_SIGN) > LW_DOUBLE_INFINITY;
}

/* The bits of doubles in an order of whole numbers; both zeros are one. */
static __always_inline lw_u64 ordered(lw_u64 bits)
{
    if (!(bits & ~LW_DOUBLE_SIGN))
        return LW_DOUBLE_SIGN;
    return bits & LW_DOUBLE_SIGN ? ~bits : bits | LW_DOUBLE_SIGN;
}

/* Bits above the highest one that is set; 64 for 0. Without a loop, which the verifier would walk through. */
static __always_inline lw_u32 leading_zeros(lw_u64 value)
{
    lw_u32 zeros = 0;
    if (!value)
        return 64;
    if (!(value >> 32)) {
        zeros += 32;
        value <<= 32;
    }
    if (!(value >> 48)) {
        zeros += 16;
        value <<= 16;
    }
    if (!(value >> 56)) {
        zeros += 8;
        value <<= 8;
    }
    if (!(value >> 60)) {
        zeros += 4;
        value <<= 4;
    }
    if (!(value >> 62)) {
        zeros += 2;
        value <<= 2;
    }
    return value >> 63 ? zeros : zeros + 1;
}

/* To nearest, ties to even (IEEE 754, 4.3.1). */
static __always_inline lw_u64 double_of(lw_u64 value)
{
    if (!value)
        return 0;
    lw_u32 zeros = leading_zeros(value) & 63;
    lw_u64 exponent = 1023 + 63 - zeros;
    lw_u64 shifted = value << zeros; /* the highest bit is the hidden one */
    lw_u64 fraction = (shifted << 1) >> 12;
    lw_u64 rest = shifted & 0x7ff;
    lw_u64 bits = exponent << 52 | fraction;
    if (rest > 0x400 || (rest == 0x400 && (fraction & 1)))
        bits++; /* a carry goes on into the exponent, as it should */
    return bits;
}

static __always_inline lw_u64 double_of_float(lw_u64 bits)
{
    lw_u64 sign = (bits & 0x80000000ull) << 32;
    lw_u64 exponent = bits >> 23 & 0xff;
    lw_u64 fraction = bits & 0x7fffff;
    if (exponent == 0xff)
        return sign | LW_DOUBLE_INFINITY | fraction << 29 | (fraction ? 1ull << 51 : 0);
    if (exponent)
        return sign | (exponent + 1023 - 127) << 52 | fraction << 29;
    if (!fraction)
        return sign;
    lw_u32 zeros = (leading_zeros(fraction) - 40) & 31; /* 24 bits are left */
    lw_u64 normal = fraction << zeros & 0x7fffff;
    return sign | (lw_u64)(1023 - 126 - zeros) << 52 | normal << 29;
}

static __always_inline lw_u64 magnitude(lw_u64 value)
{
    return value >> 63 ? 0 - value : value;
}

/* 1: the step is done; 0: it cannot be done. Not static: the verifier walks through a global function once, and through a static one
 * anew for each of a condition's steps, which took it a second. */
__noinline int lw_do_step(const struct lw_condition_step *step, lw_u64 a, lw_u64 b, struct lw_evaluation *e)
{
    lw_u64 value = 0;
    if (!step || !e)
        return 0;
    lw_u32 extra = step->extra;
    switch (step->op) {
    case LW_OP_CONSTANT:
        value = step->value;
        break;
    case LW_OP_VARIABLE:
        if (extra >= LW_CONDITION_VARIABLES || !(e->known >> extra & 1))
            return 0;
        value = e->variables[extra & (LW_CONDITION_VARIABLES - 1)];
        break;
    case LW_OP_LOAD:
        if (extra == 0 || extra > 8 || read_target(&value, extra, a + step->value) != 0)
            return 0;
        break;
    case LW_OP_SIGN_EXTEND:
        value = (lw_u64)((lw_s64)(a << ((64 - extra) & 63)) >> ((64 - extra) & 63));
        break;
    case LW_OP_ZERO_EXTEND:
        value = a << ((64 - extra) & 63) >> ((64 - extra) & 63);
        break;
    case LW_OP_ADD:
        value = a + b;
        break;
    case LW_OP_SUBTRACT:
        value = a - b;
        break;
    case LW_OP_MULTIPLY:
        value = a * b;
        break;
    case LW_OP_AND:
        value = a & b;
        break;
    case LW_OP_OR:
        value = a | b;
        break;
    case LW_OP_XOR:
        value = a ^ b;
        break;
    case LW_OP_SHIFT_LEFT:
        value = a << (b & 63);
        break;
    case LW_OP_SHIFT_RIGHT:
        value = a >> (b & 63);
        break;
    case LW_OP_SHIFT_RIGHT_SIGNED:
        value = (lw_u64)((lw_s64)a >> (b & 63));
        break;
    case LW_OP_DIVIDE:
        if (b == 0)
            return 0;
        value = a / b;
        break;
    case LW_OP_REMAINDER:
        if (b == 0)
            return 0;
        value = a % b;
        break;
    /* BPF divides without a sign. */
    case LW_OP_DIVIDE_SIGNED:
        if (b == 0)
            return 0;
        value = magnitude(a) / magnitude(b);
        if ((a ^ b) >> 63)
            value = 0 - value;
        break;
    case LW_OP_REMAINDER_SIGNED:
        if (b == 0)
            return 0;
        value = magnitude(a) % magnitude(b);
        if (a >> 63)
            value = 0 - value;
        break;
    case LW_OP_EQUAL:
        value = a == b;
        break;
    case LW_OP_NOT_EQUAL:
        value = a != b;
        break;
    case LW_OP_LESS:
        value = a < b;
        break;
    case LW_OP_LESS_OR_EQUAL:
        value = a <= b;
        break;
    case LW_OP_LESS_SIGNED:
        value = (lw_s64)a < (lw_s64)b;
        break;
    case LW_OP_LESS_OR_EQUAL_SIGNED:
        value = (lw_s64)a <= (lw_s64)b;
        break;
    case LW_OP_EQUAL_REAL:
        value = !is_nan(a) && !is_nan(b) && ordered(a) == ordered(b);
        break;
    case LW_OP_LESS_REAL:
        value = !is_nan(a) && !is_nan(b) && ordered(a) < ordered(b);
        break;
    case LW_OP_LESS_OR_EQUAL_REAL:
        value = !is_nan(a) && !is_nan(b) && ordered(a) <= ordered(b);
        break;
    case LW_OP_NOT:
        value = a == 0;
        break;
    case LW_OP_WIDEN_REAL:
        value = double_of_float(a);
        break;
    case LW_OP_REAL_OF_SIGNED:
        value = double_of(magnitude(a)) | (a & LW_DOUBLE_SIGN);
        break;
    case LW_OP_REAL_OF_UNSIGNED:
        value = double_of(a);
        break;
    default:
        return 0;
    }
    e->result = value;
    return 1;
}

/* enum lw_verdict */
__noinline int lw_decide(const struct lw_condition *condition, struct lw_evaluation *e)
{
    lw_u32 at = 0;
    if (!condition || !e)
        return LW_VERDICT_UNDECIDED;
    lw_u32 length = condition->length;
    __builtin_memset(e->registers, 0, sizeof(e->registers));
    for (int i = 0; i < LW_CONDITION_STEPS; i++) {
        if (at >= length || at >= LW_CONDITION_STEPS)
            break;
        const struct lw_condition_step *step = &condition->steps[at & (LW_CONDITION_STEPS - 1)];
        lw_u64 a = e->registers[step->a & (LW_CONDITION_REGISTERS - 1)];
        lw_u64 b = step->b == LW_IMMEDIATE ? step->value : e->registers[step->b & (LW_CONDITION_REGISTERS - 1)];
        at++;
        if (step->op == LW_OP_SKIP_IF_ZERO || step->op == LW_OP_SKIP_UNLESS_ZERO) {
            if ((a == 0) == (step->op == LW_OP_SKIP_IF_ZERO))
                at += step->extra & (LW_CONDITION_STEPS - 1);
            continue;
        }
        if (!lw_do_step(step, a, b, e))
            return LW_VERDICT_UNDECIDED;
        e->registers[step->to & (LW_CONDITION_REGISTERS - 1)] = e->result;
    }
    return e->registers[0] ? LW_VERDICT_HOLDS : LW_VERDICT_FAILS;
}

#endif
