/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Watches that arm themselves: what happens at the instructions that have a probe (uprobes). A frame or block that comes into being, or an object that is named,
 * is given one of its watch's debug registers here, and its thread is stopped by a signal that the guard swallows when it has
 * loaded them. What has come to its end is put to sleep here at once (lw_slot_state.address is 0); the registers go on to hold it, and where
 * the same memory comes to life again, as the frame of a function that is called in a loop does, nobody has to stop.
 *
 * A program of a uprobe may be interrupted by another one (bpf_prog_run_array_sleepable(), kernel/trace/trace_uprobe.c), so nothing here is kept per CPU.
 */
#ifndef LIVEWATCHER_ARISING_BPF_H
#define LIVEWATCHER_ARISING_BPF_H

/* A block's history needs the callers of malloc(3): that much of the stack. */
#define LW_ARISEN_STACK 4096

/* A frame that is that much farther down the same stack was left without a return. Other stacks (sigaltstack(2)) are farther away, mostly. */
#define LW_ONE_STACK (1ull << 20)

#define LW_SIGSTOP 19

struct lw_arisen {
    struct lw_record record;
    lw_u8 stack[LW_ARISEN_STACK];
};

struct lw_birth {
    lw_u64 base;
    lw_u64 address; /* of the watched bytes */
    lw_u64 frame;   /* of an object: who names it */
    lw_u64 size;
    lw_u32 watch;
    lw_u32 process;
    lw_u32 tgid;
    lw_u32 tid;
};

static __always_inline struct lw_slot_state *state_of(lw_u32 process, lw_u32 slot)
{
    lw_u32 index = process * LW_SLOTS + slot;
    return bpf_map_lookup_elem(&slots, &index);
}

/* A loop's counter must not be the key itself: what lies on the stack the verifier of Linux 6.1 knows no bounds of. */
static __always_inline struct lw_instance *instance_of(lw_u32 slot)
{
    return bpf_map_lookup_elem(&instances, &slot);
}

static __always_inline struct lw_arising *arising_of(lw_u32 index)
{
    return bpf_map_lookup_elem(&arisings, &index);
}

static __always_inline int take_if(struct lw_instance *instance, lw_u32 expected)
{
    return __sync_val_compare_and_swap(&instance->state, expected, LW_INSTANCE_BUSY) == expected;
}

/* Its hits are filtered from here on. */
static __always_inline void give_up(struct lw_instance *instance, struct lw_slot_state *state)
{
    if (state)
        state->address = 0;
    instance->freed = 0;
    __sync_lock_test_and_set(&instance->state, LW_INSTANCE_NONE);
}

/* The value that memory holds is the last one seen. 0 where it cannot be read without a page fault. */
static __always_inline int wake(struct lw_instance *instance, struct lw_slot_state *state)
{
    lw_u64 value = 0;
    if (bpf_probe_read_user(&value, at_most(state->length, 8), (void *)instance->address) != 0)
        return 0;
    state->last_value = value;
    state->address = instance->address;
    return 1;
}

static __noinline int announce(struct pt_regs *ctx, lw_u32 kind, lw_u32 slot, lw_u32 tgid)
{
    struct lw_instance *instance = instance_of(slot);
    struct lw_arisen *e = instance ? bpf_ringbuf_reserve(&ring, sizeof(*e), 0) : NULL;
    if (!e) {
        struct lw_session_state *ss = session_state();
        if (ss)
            __sync_fetch_and_add(&ss->lost_notices, 1);
        return 0;
    }
    struct lw_record *r = &e->record;
    __builtin_memset(r, 0, sizeof(*r));
    r->kind = kind;
    r->version = LW_RECORD_VERSION;
    r->slot = slot;
    r->flags = LW_OLD_VALID;
    r->tgid = tgid;
    r->tid = (lw_u32)bpf_get_current_pid_tgid();
    r->cpu = bpf_get_smp_processor_id();
    r->address = instance->address;
    r->old_value = instance->base;
    r->new_value = instance->watch;
    bpf_probe_read_kernel(r->registers, sizeof(r->registers), ctx);
    bpf_get_current_comm(r->comm, sizeof(r->comm));
    lw_u64 sp = ctx->rsp;
    lw_u32 piece = 4096 - (sp & 4095);
    if (bpf_probe_read_user(e->stack, LW_ARISEN_STACK, (void *)sp) == 0)
        r->stack_length = LW_ARISEN_STACK;
    else if (bpf_probe_read_user(e->stack, at_most(piece, LW_ARISEN_STACK), (void *)sp) == 0)
        r->stack_length = piece;
    r->flags |= r->stack_length == LW_ARISEN_STACK ? 0 : r->stack_length ? LW_STACK_END : LW_STACK_UNREAD;
    r->time = bpf_ktime_get_ns();
    bpf_ringbuf_submit(e, wake_flag());
    return 0;
}

/* Who has to make way where no register is free; LW_SLOTS for nobody. */
static __always_inline lw_u32 victim_of(const struct lw_arising *watch)
{
    if (watch->policy == LW_ARISING_OLDEST)
        return LW_SLOTS;
    lw_u64 drawn = ~0ull, oldest = ~0ull;
    if (watch->policy == LW_ARISING_SAMPLED)
        drawn = bpf_get_prandom_u32() % (watch->candidates | 1);
    lw_u32 victim = LW_SLOTS, number = 0;
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = instance_of(slot);
        if (!instance || !(watch->slots & 1u << slot))
            continue;
        if (watch->policy == LW_ARISING_SAMPLED ? number == drawn : instance->born < oldest) {
            victim = slot;
            oldest = instance->born;
        }
        number++;
    }
    return victim;
}

/* A slot for an address, which nobody else touches until it has another state; LW_SLOTS for none. */
static __noinline lw_u32 take_slot(struct lw_arising *watch, lw_u64 address, lw_u32 process)
{
    for (lw_u32 pass = 0; pass < 2; pass++) {
        for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
            struct lw_instance *instance = instance_of(slot);
            if (instance && watch->slots & 1u << slot && (pass || instance->placed == address) && take_if(instance, LW_INSTANCE_NONE))
                return slot;
        }
    }
    lw_u32 victim = victim_of(watch);
    struct lw_instance *instance = victim < LW_SLOTS ? instance_of(victim) : NULL;
    if (!instance || !take_if(instance, LW_INSTANCE_ARMED))
        return LW_SLOTS;
    struct lw_slot_state *state = state_of(process, victim);
    if (state)
        state->address = 0;
    __sync_fetch_and_add(&watch->displaced, 1);
    return victim;
}

/* Lets the thread stop before it has executed more than the probed instruction: what is probed is stepped first (uprobe_deny_signal(),
 * kernel/events/uprobes.c). SIGSTOP, because no thread can block it; and never where nobody is there who swallows it. */
static __always_inline int stop_for_guard(void)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
    return task->ptrace && bpf_send_signal_thread(LW_SIGSTOP) == 0;
}

#include "holders.bpf.h"

static __noinline int arise(struct pt_regs *ctx, struct lw_birth *birth)
{
    struct lw_arising *watch = arising_of(birth->watch);
    if (!watch)
        return 0;
    lw_u64 address = birth->address;
    int is_heap = watch->flags & LW_ARISING_HEAP, is_object = watch->flags & LW_ARISING_OBJECT;
    if (is_object && is_known(watch, birth))
        return 0;
    /* One allocation function may call another. */
    for (lw_u32 slot = 0; is_heap && slot < LW_SLOTS; slot++) {
        struct lw_instance *known = instance_of(slot);
        if (known && watch->slots & 1u << slot && known->state >= LW_INSTANCE_REQUESTED && known->base == birth->base && !known->freed)
            return 0;
    }
    __sync_fetch_and_add(&watch->candidates, 1);
    if (address & (watch->length - 1) || (is_heap && birth->size < watch->offset + watch->length)) {
        __sync_fetch_and_add(&watch->failed, 1);
        return 0;
    }
    lw_u32 slot = take_slot(watch, address, birth->process);
    struct lw_instance *instance = slot < LW_SLOTS ? instance_of(slot) : NULL;
    struct lw_slot_state *state = instance ? state_of(birth->process, slot) : NULL;
    if (!state) {
        __sync_fetch_and_add(&watch->skipped, 1);
        return 0;
    }
    int is_placed = instance->placed == address;
    instance->base = birth->base;
    instance->address = address;
    instance->size = birth->size;
    instance->born = bpf_ktime_get_ns();
    instance->tid = birth->tid;
    instance->watch = birth->watch;
    instance->freed = 0;
    hold_alone(instance, birth);
    if (is_heap || is_object || !is_placed)
        announce(ctx, LW_RECORD_ARISEN, slot, birth->tgid);
    if (is_placed && wake(instance, state)) {
        __sync_lock_test_and_set(&instance->state, LW_INSTANCE_ARMED);
        __sync_fetch_and_add(&watch->armed, 1);
        return 0;
    }
    __sync_lock_test_and_set(&instance->state, LW_INSTANCE_REQUESTED);
    if (!stop_for_guard()) {
        give_up(instance, state);
        __sync_fetch_and_add(&watch->failed, 1);
    }
    return 0;
}

/* Ends a thread's frames between two addresses; and whoever's at the upper one, for a thread may have ended amid its frames, and another have its stack. */
static __noinline int end_frames(struct lw_arising *watch, struct lw_birth *from, lw_u64 highest)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = instance_of(slot);
        if (!instance || !(watch->slots & 1u << slot) || (instance->tid != from->tid && instance->base != highest) ||
            instance->base < from->base || instance->base > highest ||
            !take_if(instance, LW_INSTANCE_ARMED))
            continue;
        give_up(instance, state_of(from->process, slot));
        __sync_fetch_and_add(&watch->ended, 1);
    }
    return 0;
}

static __always_inline lw_u64 frame_at(struct pt_regs *ctx, const struct lw_place *place)
{
    lw_u64 rbp = ctx->rbp, rsp = ctx->rsp;
    asm volatile("" : "+r"(rbp), "+r"(rsp)); /* or the compiler computes the context's field, which the verifier refuses */
    return (place->base == 4 ? rbp : rsp) + place->offset;
}

static __always_inline void on_frame(struct pt_regs *ctx, const struct lw_place *place, struct lw_birth *birth)
{
    lw_u32 index = place->watch;
    struct lw_arising *watch = arising_of(index);
    if (!watch || watch->slots == 0 || watch->tgid != birth->tgid)
        return;
    lw_u64 frame = frame_at(ctx, place);
    int enters = place->kind == LW_PLACE_ENTER;
    /* What the stack has grown back over was left by longjmp(3) or an exception. */
    birth->base = enters && frame > LW_ONE_STACK ? frame - LW_ONE_STACK : frame;
    if (watch->flags & LW_ARISING_OBJECT) {
        leave_objects(watch, birth, frame);
        return;
    }
    end_frames(watch, birth, frame);
    birth->base = frame;
    birth->address = frame + watch->offset;
    birth->watch = index;
    if (enters)
        arise(ctx, birth);
}

#include "blocks.bpf.h"
#include "objects.bpf.h"

/* Attached to each place, which its cookie names. */
SEC("?uprobe")
int at_place(struct pt_regs *ctx)
{
    lw_u64 id = bpf_get_current_pid_tgid();
    struct lw_birth birth = {.tgid = id >> 32, .tid = (lw_u32)id};
    struct lw_target *target = target_of(bpf_get_current_task_btf());
    lw_u32 index = bpf_get_attach_cookie(ctx);
    struct lw_place *place = bpf_map_lookup_elem(&places, &index);
    if (!target || !place)
        return 0;
    birth.process = target->process;
    switch (place->kind) {
    case LW_PLACE_ENTER:
    case LW_PLACE_LEAVE:
        on_frame(ctx, place, &birth);
        break;
    case LW_PLACE_REACH:
    case LW_PLACE_RELEASE:
        on_object(ctx, place, &birth);
        break;
    case LW_PLACE_ALLOCATE:
        on_allocate(ctx, place->allocator, &birth);
        break;
    case LW_PLACE_ALLOCATED:
        on_allocated(ctx, &birth);
        break;
    case LW_PLACE_FREE:
        on_free(ctx, &birth);
        break;
    case LW_PLACE_JUMP:
        on_jump(ctx, &birth);
        break;
    case LW_PLACE_FREED:
        leave_allocator(birth.tid, ctx->rsp - 8);
        break;
    }
    return 0;
}

#endif
