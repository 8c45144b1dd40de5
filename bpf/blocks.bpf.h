/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The life of heap blocks: what happens at the entries and returns of allocation functions.
 */
#ifndef LIVEWATCHER_BLOCKS_BPF_H
#define LIVEWATCHER_BLOCKS_BPF_H

/* A call of an allocation function. */
struct lw_call_key {
    lw_u64 sp; /* at its entry */
    lw_u32 tid;
    lw_u32 padding;
};

struct lw_call {
    lw_u64 size;
    lw_u64 resized; /* the block that is resized */
    lw_u64 result;  /* where the block's address goes, if not to RAX */
    lw_u32 watches; /* mask of those that want it */
    lw_u32 asleep;  /* mask of the slots that are armed on the block that is resized */
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 16384);
    __type(key, struct lw_call_key);
    __type(value, struct lw_call);
} calls SEC(".maps");

/* A thread's last jump in place of a call. The return address at the allocation function's entry is then the one of the caller's caller. */
struct lw_jump {
    lw_u64 sp;
    lw_u64 returns; /* what lies there */
    lw_u64 site;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, lw_u32); /* tid */
    __type(value, struct lw_jump);
} jumps SEC(".maps");

static __noinline int on_jump(struct pt_regs *ctx, struct lw_birth *birth)
{
    struct lw_jump jump = {.sp = ctx->rsp, .site = ctx->rip};
    bpf_probe_read_user(&jump.returns, sizeof(jump.returns), (void *)ctx->rsp);
    bpf_map_update_elem(&jumps, &birth->tid, &jump, BPF_ANY);
    return 0;
}

/* Where the function that has just been entered was called from: within the call, or the jump, itself. */
static __always_inline lw_u64 site_of(struct pt_regs *ctx, lw_u32 tid)
{
    lw_u64 returns = 0;
    bpf_probe_read_user(&returns, sizeof(returns), (void *)ctx->rsp); /* it has just been pushed */
    struct lw_jump *jump = bpf_map_lookup_elem(&jumps, &tid);
    if (!jump || jump->sp != ctx->rsp || jump->returns != returns)
        return returns - 1;
    lw_u64 site = jump->site;
    bpf_map_delete_elem(&jumps, &tid);
    return site;
}

/* Whether some watch stays with its block beyond free(). */
static __always_inline int any_outlives(lw_u32 tgid)
{
    int any = 0;
    for (lw_u32 index = 0; index < LW_ARISINGS; index++) {
        struct lw_arising *watch = arising_of(index);
        any |= watch && watch->slots && watch->tgid == tgid && watch->flags & LW_ARISING_AFTER_FREE;
    }
    return any;
}

static __always_inline void enter_allocator(lw_u32 tid, lw_u64 sp)
{
    lw_u64 *outermost = bpf_map_lookup_elem(&allocating, &tid);
    if (!outermost || *outermost < sp) /* one that lies below was left without a return */
        bpf_map_update_elem(&allocating, &tid, &sp, BPF_ANY);
}

static __always_inline void leave_allocator(lw_u32 tid, lw_u64 sp)
{
    lw_u64 *outermost = bpf_map_lookup_elem(&allocating, &tid);
    if (outermost && *outermost <= sp)
        bpf_map_delete_elem(&allocating, &tid);
}

static __always_inline int wants(struct lw_arising *watch, lw_u64 size, lw_u64 site)
{
    if ((watch->size && watch->size != size) || (watch->ranges && !lw_is_within(watch->ranges, site)))
        return 0;
    lw_u64 number = __sync_fetch_and_add(&watch->matched, 1) + 1;
    return watch->nth == 0 || watch->nth == number;
}

/* The armed block of a slot; NULL where nobody asks for its end, or it starts elsewhere. */
static __always_inline struct lw_instance *block_at(lw_u32 slot, lw_u64 base, struct lw_arising **watch)
{
    struct lw_instance *instance = instance_of(slot);
    if (!instance || instance->state != LW_INSTANCE_ARMED || instance->base != base)
        return NULL;
    lw_u32 index = instance->watch;
    *watch = arising_of(index);
    return *watch && (*watch)->flags & (LW_ARISING_HEAP | LW_ARISING_UNTIL_FREE) ? instance : NULL;
}

static __noinline int on_allocate(struct pt_regs *ctx, lw_u32 allocator, struct lw_birth *birth)
{
    struct lw_call call = {};
    struct lw_call_key key = {.sp = ctx->rsp, .tid = birth->tid};
    lw_u64 first = ctx->rdi, second = ctx->rsi, third = ctx->rdx;
    asm volatile("" : "+r"(first), "+r"(second), "+r"(third));
    if (bpf_map_lookup_elem(&calls, &key))
        return 0; /* jumped to from another allocation function, which has been seen */
    call.size = allocator == LW_ALLOCATOR_SIZE       ? first
                : allocator == LW_ALLOCATOR_PRODUCT  ? first * second
                : allocator == LW_ALLOCATOR_INDIRECT ? third
                                                     : second;
    call.result = allocator == LW_ALLOCATOR_INDIRECT ? first : 0;
    lw_u64 site = site_of(ctx, birth->tid);
    int outlives = any_outlives(birth->tgid);
    if (outlives)
        enter_allocator(birth->tid, key.sp);
    for (lw_u32 index = 0; index < LW_ARISINGS; index++) {
        struct lw_arising *watch = arising_of(index);
        if (watch && watch->slots && watch->tgid == birth->tgid && watch->flags & LW_ARISING_HEAP && wants(watch, call.size, site))
            call.watches |= 1u << index;
    }
    /* Whether the block moves is known when it has: what happens to it until then is the allocator's doing. */
    for (lw_u32 slot = 0; allocator == LW_ALLOCATOR_RESIZE && first && slot < LW_SLOTS; slot++) {
        struct lw_arising *watch = NULL;
        struct lw_instance *instance = block_at(slot, first, &watch);
        struct lw_slot_state *state = instance ? state_of(birth->process, slot) : NULL;
        if (!state || instance->freed)
            continue;
        state->address = 0;
        call.asleep |= 1u << slot;
        call.resized = first;
    }
    if (call.watches || call.asleep || outlives)
        bpf_map_update_elem(&calls, &key, &call, BPF_ANY);
    return 0;
}

/* The block that was resized: is it where it was, or is that memory free? */
static __noinline int settle_resized(struct pt_regs *ctx, struct lw_call *call, struct lw_birth *birth)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_arising *watch = NULL;
        struct lw_instance *instance = call->asleep & 1u << slot ? block_at(slot, call->resized, &watch) : NULL;
        struct lw_slot_state *state = instance ? state_of(birth->process, slot) : NULL;
        if (!state)
            continue;
        int stays = birth->base == 0 || birth->base == call->resized;
        int outlives = watch->flags & LW_ARISING_AFTER_FREE;
        if ((stays || outlives) && wake(instance, state)) {
            if (stays) {
                call->watches &= ~(1u << (instance->watch & 31));
                continue;
            }
            instance->freed = 1;
            announce(ctx, LW_RECORD_FREED, slot, birth->tgid);
            continue;
        }
        if (take_if(instance, LW_INSTANCE_ARMED)) {
            give_up(instance, state);
            __sync_fetch_and_add(&watch->ended, 1);
        }
    }
    return 0;
}

/* Freed memory that is given out again is its new owner's. */
static __noinline int end_given_out(struct lw_birth *birth)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = instance_of(slot);
        if (!instance || !instance->freed || instance->address >= birth->base + birth->size || instance->address + 8 <= birth->base ||
            !take_if(instance, LW_INSTANCE_ARMED))
            continue;
        lw_u32 index = instance->watch;
        struct lw_arising *watch = arising_of(index);
        give_up(instance, state_of(birth->process, slot));
        if (watch)
            __sync_fetch_and_add(&watch->ended, 1);
    }
    return 0;
}

static __noinline int on_allocated(struct pt_regs *ctx, struct lw_birth *birth)
{
    struct lw_call_key key = {.sp = ctx->rsp - 8, .tid = birth->tid};
    struct lw_call *known = bpf_map_lookup_elem(&calls, &key);
    leave_allocator(birth->tid, key.sp);
    if (!known)
        return 0;
    struct lw_call call = *known;
    bpf_map_delete_elem(&calls, &key);
    birth->base = ctx->rax;
    birth->size = call.size;
    if (call.result && (ctx->rax != 0 || bpf_probe_read_user(&birth->base, sizeof(birth->base), (void *)call.result) != 0))
        birth->base = 0;
    if (call.asleep)
        settle_resized(ctx, &call, birth);
    if (birth->base == 0)
        return 0;
    end_given_out(birth);
    for (lw_u32 index = 0; index < LW_ARISINGS; index++) {
        struct lw_arising *watch = arising_of(index);
        birth->watch = index;
        if (!watch || !(call.watches & 1u << index))
            continue;
        birth->address = birth->base + watch->offset;
        arise(ctx, birth);
    }
    return 0;
}

static __noinline int on_free(struct pt_regs *ctx, struct lw_birth *birth)
{
    lw_u64 block = ctx->rdi;
    if (any_outlives(birth->tgid))
        enter_allocator(birth->tid, ctx->rsp);
    for (lw_u32 slot = 0; block && slot < LW_SLOTS; slot++) {
        struct lw_arising *watch = NULL;
        struct lw_instance *instance = block_at(slot, block, &watch);
        if (!instance || watch->tgid != birth->tgid || instance->freed)
            continue;
        if (watch->flags & LW_ARISING_AFTER_FREE) {
            instance->freed = 1;
            announce(ctx, LW_RECORD_FREED, slot, birth->tgid);
        } else if (take_if(instance, LW_INSTANCE_ARMED)) {
            give_up(instance, state_of(birth->process, slot));
            __sync_fetch_and_add(&watch->ended, 1);
        }
    }
    return 0;
}

#endif
