/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Objects that are named at an instruction, as p->len is at a function's entry: where they are, and which function ends them.
 */
#ifndef LIVEWATCHER_OBJECTS_BPF_H
#define LIVEWATCHER_OBJECTS_BPF_H

/* The kernel maps nothing there for a program (vm.mmap_min_addr, 65536 mostly): a null pointer, or a member of what one points to. */
#define LW_NULL_PAGE 4096

enum lw_way {
    LW_WAY_LEADS = 0,
    LW_WAY_NULL = 1, /* there is no object */
    LW_WAY_UNREADABLE = 2,
};

/* From the place's register through pointers in the program's memory to the object. */
static __noinline int follow(struct pt_regs *ctx, const struct lw_place *place, struct lw_birth *birth)
{
    lw_u64 value = 0;
    lw_u32 start = place->start;
    if (start != LW_NO_REGISTER && bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx + 8 * (start & 31)) != 0)
        return LW_WAY_UNREADABLE;
    if (start != LW_NO_REGISTER && value < LW_NULL_PAGE)
        return LW_WAY_NULL;
    for (lw_u32 i = 0; i < LW_POINTERS; i++) {
        if (i >= place->pointers)
            break;
        if (i > 0 && bpf_probe_read_user(&value, sizeof(value), (void *)value) != 0)
            return LW_WAY_UNREADABLE;
        if (i > 0 && value < LW_NULL_PAGE)
            return LW_WAY_NULL;
        birth->base = value;
        value += place->offsets[i];
    }
    birth->address = value;
    return LW_WAY_LEADS;
}

/* Ends all of a watch's objects. */
static __noinline int release_objects(struct lw_arising *watch, struct lw_birth *birth)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = instance_of(slot);
        if (!instance || !(watch->slots & 1u << slot) || !take_if(instance, LW_INSTANCE_ARMED))
            continue;
        give_up(instance, state_of(birth->process, slot));
        __sync_fetch_and_add(&watch->ended, 1);
    }
    return 0;
}

static __noinline int on_object(struct pt_regs *ctx, const struct lw_place *place, struct lw_birth *birth)
{
    lw_u32 index = place->watch;
    struct lw_arising *watch = arising_of(index);
    if (!watch || watch->slots == 0 || watch->tgid != birth->tgid)
        return 0;
    if (place->kind == LW_PLACE_RELEASE)
        return release_objects(watch, birth);
    birth->watch = index;
    birth->frame = frame_at(ctx, place);
    if (watch->flags & LW_ARISING_UNTIL_RETURN && birth->frame > LW_ONE_STACK) {
        /* What the stack has grown back over was left by longjmp(3) or an exception. The frame itself may come here again, in a loop. */
        birth->base = birth->frame - LW_ONE_STACK;
        leave_objects(watch, birth, birth->frame - 16);
    }
    int way = follow(ctx, place, birth);
    if (way == LW_WAY_UNREADABLE) {
        __sync_fetch_and_add(&watch->candidates, 1);
        __sync_fetch_and_add(&watch->failed, 1);
    }
    if (way == LW_WAY_LEADS)
        arise(ctx, birth);
    return 0;
}

#endif
