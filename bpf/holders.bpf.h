/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Frames that keep an object armed: one object may be named in several frames at once, by several threads. Two registers on one address would tell each
 * of its hits twice, so an object has one, and a list of its frames.
 */
#ifndef LIVEWATCHER_HOLDERS_BPF_H
#define LIVEWATCHER_HOLDERS_BPF_H

#define LW_TID_BITS 21

/* A frame's address is a multiple of 16 below 2^47. Threads whose numbers are 2^21 apart have stacks that are farther apart than what is compared. */
static __always_inline lw_u64 holder_of(const struct lw_birth *birth)
{
    return birth->frame >> 4 << LW_TID_BITS | (birth->tid & ((1u << LW_TID_BITS) - 1));
}

static __always_inline lw_u64 frame_of(lw_u64 holder)
{
    return holder >> LW_TID_BITS << 4;
}

/* Of a slot that nobody else is at. */
static __always_inline void hold_alone(struct lw_instance *instance, const struct lw_birth *birth)
{
    for (int i = 1; i < LW_HOLDERS; i++)
        instance->holders[i] = 0;
    instance->holders[0] = holder_of(birth);
}

static __noinline int is_held(struct lw_instance *instance)
{
    lw_u64 any = 0;
    for (int i = 0; i < LW_HOLDERS; i++)
        any |= instance->holders[i];
    return any != 0;
}

static __noinline int drop(struct lw_instance *instance, lw_u64 holder)
{
    for (int i = 0; i < LW_HOLDERS; i++)
        __sync_val_compare_and_swap(&instance->holders[i], holder, 0);
    return 0;
}

/* 0 where there is no room. */
static __noinline int hold(struct lw_instance *instance, lw_u64 holder)
{
    for (int i = 0; i < LW_HOLDERS; i++)
        if (instance->holders[i] == holder)
            return 1;
    for (int i = 0; i < LW_HOLDERS; i++)
        if (__sync_val_compare_and_swap(&instance->holders[i], 0, holder) == 0)
            return 1;
    return 0;
}

static __always_inline int is_alive_at(const struct lw_instance *instance, lw_u64 address)
{
    return instance->state >= LW_INSTANCE_REQUESTED && instance->address == address;
}

/* The object is armed, or about to be; the frame is one more that keeps it so. */
static __noinline int is_known(struct lw_arising *watch, struct lw_birth *birth)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = instance_of(slot);
        if (!instance || !(watch->slots & 1u << slot) || !is_alive_at(instance, birth->address))
            continue;
        if (!(watch->flags & LW_ARISING_UNTIL_RETURN))
            return 1;
        lw_u64 holder = holder_of(birth);
        if (!hold(instance, holder)) {
            __sync_fetch_and_add(&watch->candidates, 1);
            __sync_fetch_and_add(&watch->failed, 1);
            return 1;
        }
        if (is_alive_at(instance, birth->address))
            return 1;
        drop(instance, holder); /* its last frame was left in the meantime */
    }
    return 0;
}

/* Drops a thread's frames between two addresses, and whoever's at the upper one (end_frames() says why). 1 where one of them was there. */
static __noinline int drop_frames(struct lw_instance *instance, struct lw_birth *from, lw_u64 highest)
{
    lw_u64 own = from->tid & ((1u << LW_TID_BITS) - 1);
    lw_u64 any = 0;
    for (int i = 0; i < LW_HOLDERS; i++) {
        lw_u64 holder = instance->holders[i], frame = frame_of(holder);
        if (holder == 0 || frame < from->base || frame > highest || ((holder & ((1u << LW_TID_BITS) - 1)) != own && frame != highest))
            continue;
        any |= __sync_val_compare_and_swap(&instance->holders[i], holder, 0);
    }
    return any != 0;
}

/* What no frame holds any more comes to its end. */
static __noinline int leave_objects(struct lw_arising *watch, struct lw_birth *from, lw_u64 highest)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = instance_of(slot);
        if (!instance || !(watch->slots & 1u << slot) || instance->state != LW_INSTANCE_ARMED || !drop_frames(instance, from, highest))
            continue;
        if (is_held(instance) || !take_if(instance, LW_INSTANCE_ARMED))
            continue;
        if (is_held(instance)) { /* somebody came before it was taken */
            __sync_lock_test_and_set(&instance->state, LW_INSTANCE_ARMED);
            continue;
        }
        give_up(instance, state_of(from->process, slot));
        __sync_fetch_and_add(&watch->ended, 1);
    }
    return 0;
}

#endif
