/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What happens in the kernel at a hit: is it our process, what was the value, what is it now, who did it.
 * One program per debug register, because an inherited event keeps its program but not its attach cookie, and two
 * watches may have the same address.
 */
#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "watch_event.h"
#include "kernel_types.bpf.h"
#include "filters.bpf.h"
#include "orders.bpf.h"
#include "instances.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

const volatile struct lw_settings settings = {.wake_bytes = 1 << 20, .stack_bytes = LW_STACK_MAX};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 20);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, LW_PROCESSES);
    __type(key, lw_u32);
    __type(value, struct lw_target);
} targets SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, LW_PROCESSES);
    __type(value, lw_u32);
} free_processes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_PROCESSES * LW_SLOTS);
    __type(key, lw_u32);
    __type(value, struct lw_slot_state);
} slots SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, lw_u32);
    __type(value, struct lw_session_state);
} session SEC(".maps");

struct lw_scratch {
    struct lw_record record;
    lw_u8 stack[LW_STACK_MAX];
    lw_u8 slack[4096]; /* so that a page copied to any offset below LW_STACK_MAX stays inside, provably */
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, lw_u32);
    __type(value, struct lw_scratch);
} scratch SEC(".maps");

/* In assembly, because the compiler likes to test one register and pass another, which the verifier cannot follow. */
static __always_inline lw_u64 at_most(lw_u64 value, const lw_u64 most)
{
    asm volatile("if %0 <= %1 goto +1\n\t%0 = %1" : "+r"(value) : "i"(most));
    return value;
}

static __always_inline struct lw_session_state *session_state(void)
{
    lw_u32 zero = 0;
    return bpf_map_lookup_elem(&session, &zero);
}

/* The drainer comes every few milliseconds while there are records, or when a quarter of the ring is full; only where there have been none for
 * a while does the first one wake it. Asked once the record has its room: whoever goes to sleep looks for that after he has said so. */
static __always_inline lw_u64 wake_flag(void)
{
    const volatile struct lw_session_state *ss = session_state();
    if (ss && ss->asleep)
        return BPF_RB_FORCE_WAKEUP;
    return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >= settings.wake_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* Null where the thread is of nobody who is watched. */
static __always_inline struct lw_target *target_of(struct task_struct *task)
{
    lw_u32 tgid = task->tgid;
    struct lw_target *target = bpf_map_lookup_elem(&targets, &tgid);
    if (!target)
        return 0;
    lw_u64 born = task->group_leader->start_boottime;
    if (!target->born)
        target->born = born;
    return target->born == born ? target : 0;
}

#include "stack.bpf.h"
#include "delivery.bpf.h"

static __always_inline void fill_registers(struct lw_record *r, struct bpf_perf_event_data *ctx)
{
    if ((ctx->regs.cs & 3) != 0) {
        r->registers[0] = ctx->regs.r15;
        r->registers[1] = ctx->regs.r14;
        r->registers[2] = ctx->regs.r13;
        r->registers[3] = ctx->regs.r12;
        r->registers[4] = ctx->regs.rbp;
        r->registers[5] = ctx->regs.rbx;
        r->registers[6] = ctx->regs.r11;
        r->registers[7] = ctx->regs.r10;
        r->registers[8] = ctx->regs.r9;
        r->registers[9] = ctx->regs.r8;
        r->registers[10] = ctx->regs.rax;
        r->registers[11] = ctx->regs.rcx;
        r->registers[12] = ctx->regs.rdx;
        r->registers[13] = ctx->regs.rsi;
        r->registers[14] = ctx->regs.rdi;
        r->registers[15] = ctx->regs.orig_rax;
        r->registers[16] = ctx->regs.rip;
        r->registers[17] = ctx->regs.cs;
        r->registers[18] = ctx->regs.eflags;
        r->registers[19] = ctx->regs.rsp;
        r->registers[20] = ctx->regs.ss;
        return;
    }
    r->flags |= LW_KERNEL;
    r->kernel_ip = ctx->regs.rip;
    r->kernel_di = ctx->regs.rdi;
    r->kernel_cx = ctx->regs.rcx;
    /* The user's registers at the system call stand at the top of the kernel stack. */
    void *user = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
    bpf_probe_read_kernel(r->registers, sizeof(r->registers), user);
}

/* execve(2) and execveat(2): 59 and 322 in arch/x86/entry/syscalls/syscall_64.tbl, 11 and 358 in syscall_32.tbl, which
 * counts for 32-bit code, whose segment is __USER32_CS. */
static __always_inline int is_exec(const struct lw_record *r)
{
    lw_u64 number = r->registers[15];
    return r->registers[17] == 0x23 ? number == 11 || number == 358 : number == 59 || number == 322;
}

/* Reads what the slot holds now and leaves it as the last value seen. Two CPUs may be at it at once, and one that has read before the
 * other's store may leave what it has read after the other has: memory would look as if somebody had written it unseen. Whoever finds
 * that another has begun since looks again. So the last to leave a value has begun to read when all had begun who have stored before, and
 * who stores later leaves his own. */
static __always_inline int exchange(struct lw_slot_state *state, lw_u64 address, lw_u64 *old_value, lw_u64 *new_value)
{
    lw_u64 value = 0;
    lw_u32 length = state->length;
    if (length == 0)
        return 0;
    lw_u64 look = __sync_fetch_and_add(&state->looks, 1) + 1;
    if (bpf_probe_read_user(&value, at_most(length, 8), (void *)address) != 0)
        return 0;
    *new_value = value;
    *old_value = __sync_lock_test_and_set(&state->last_value, value);
    for (int again = 0; again < LW_LOOKS_AGAIN; again++) {
        lw_u64 newest = *(volatile lw_u64 *)&state->looks;
        if (newest == look)
            break;
        look = newest;
        value = 0;
        if (bpf_probe_read_user(&value, at_most(length, 8), (void *)address) != 0)
            break;
        __sync_lock_test_and_set(&state->last_value, value);
    }
    return 1;
}

/* A store over several registers sets a DR6 bit for each on most processors, for one of them on some (QEMU 7.2). */
static __always_inline void read_siblings(struct lw_record *r, lw_u32 process, lw_u32 siblings)
{
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        lw_u32 index = process * LW_SLOTS + slot;
        if (!(siblings & 1u << slot))
            continue;
        struct lw_slot_state *other = bpf_map_lookup_elem(&slots, &index);
        lw_u64 was = 0, is = 0;
        if (!other || other->mode != 1 || !exchange(other, other->address, &was, &is) || was == is)
            continue;
        r->sibling_mask |= 1u << slot;
        r->sibling_old[slot] = was;
        r->sibling_new[slot] = is;
    }
}

/* The slot whose allowance a hit uses; NULL where there is no flood limit. */
static __always_inline struct lw_slot_state *meter_of(const struct lw_slot_state *state)
{
    lw_u32 index = state->meter;
    return settings.flood_burst_ns ? bpf_map_lookup_elem(&slots, &index) : NULL;
}

static __always_inline int is_flooded(const struct lw_slot_state *meter, lw_u64 now)
{
    lw_u64 used = meter->used;
    return used > now && used - now > settings.flood_burst_ns;
}

/* Two CPUs at it at once may forgive each other the time of one hit. */
static __always_inline void charge(struct lw_slot_state *meter, lw_u64 began, lw_u64 least)
{
    if (!meter)
        return;
    lw_u64 now = bpf_ktime_get_ns();
    lw_u64 cost = ((now - began + settings.flood_trap_ns) * settings.flood_factor) >> 10;
    lw_u64 used = meter->used;
    if (used < now)
        __sync_val_compare_and_swap(&meter->used, used, now);
    __sync_fetch_and_add(&meter->used, cost < least ? least : cost);
}

static __always_inline int hit(struct bpf_perf_event_data *ctx, lw_u32 slot)
{
    lw_u64 began = settings.flood_burst_ns ? bpf_ktime_get_ns() : 0;
    lw_u64 id = bpf_get_current_pid_tgid();
    lw_u32 tgid = id >> 32;
    struct lw_target *target = target_of(bpf_get_current_task_btf());
    if (!target) {
        struct lw_session_state *ss = session_state();
        if (ss)
            __sync_fetch_and_add(&ss->foreign, 1);
        return 0;
    }
    lw_u32 process = target->process, index = process * LW_SLOTS + slot;
    struct lw_slot_state *state = bpf_map_lookup_elem(&slots, &index);
    if (!state)
        return 0;
    __sync_fetch_and_add(&state->counted, 1);

    lw_u32 zero = 0;
    struct lw_scratch *s = bpf_map_lookup_elem(&scratch, &zero);
    if (!s) {
        __sync_fetch_and_add(&state->dropped, 1);
        return 0;
    }
    struct lw_record *r = &s->record;
    r->kind = LW_RECORD_HIT;
    r->version = LW_RECORD_VERSION;
    r->slot = slot;
    r->flags = 0;
    r->order_error = 0;
    r->kernel_ip = r->kernel_di = r->kernel_cx = 0;
    fill_registers(r, ctx);
    if (settings.arisings && !(r->flags & LW_KERNEL))
        leave_copy(r);

    /* An event that is about to be moved or closed, and the kernel's own clearing of .bss when it starts a program, are
     * no accesses of the program. */
    if (state->address != ctx->addr || ((r->flags & LW_KERNEL) && is_exec(r))) {
        __sync_fetch_and_add(&state->filtered, 1);
        return 0;
    }

    r->tgid = tgid;
    r->tid = (lw_u32)id;
    r->cpu = bpf_get_smp_processor_id();
    r->address = ctx->addr;
    r->old_value = r->new_value = 0;
    if (exchange(state, ctx->addr, &r->old_value, &r->new_value))
        r->flags |= LW_OLD_VALID | LW_NEW_VALID;
    if (state->stale && __sync_lock_test_and_set(&state->stale, 0))
        r->flags &= ~LW_OLD_VALID;
    r->length = state->length;
    lw_u32 flags = state->flags;
    struct lw_slot_state *meter = meter_of(state);
    if ((flags & LW_SLOT_CHANGES_ONLY) && (r->flags & LW_OLD_VALID) && r->old_value == r->new_value) {
        __sync_fetch_and_add(&state->filtered, 1);
        if (settings.flood_all)
            charge(meter, began, 0);
        return 0;
    }
    if ((settings.conditions && is_filtered(state, r)) || (settings.arisings && is_allocators(slot, r->tid))) {
        __sync_fetch_and_add(&state->filtered, 1);
        if (settings.flood_all)
            charge(meter, began, 0);
        return 0;
    }
    if (flags & LW_SLOT_SIGNAL)
        bpf_send_signal_thread(5); /* SIGTRAP, signal(7); it is there before the thread's next instruction */
    r->sibling_mask = 0;
    if (state->siblings)
        read_siblings(r, process, state->siblings);
    /* Values and the accessing thread's signal are as ever; what is saved is the record. */
    if (meter && is_flooded(meter, began)) {
        __sync_fetch_and_add(&state->skipped, 1);
        if (settings.flood_all)
            charge(meter, began, 0);
        return 0;
    }
    if (settings.orders)
        obey(state, r);
    bpf_get_current_comm(r->comm, sizeof(r->comm));

    if (deliver(s, r->registers[19]))
        __sync_fetch_and_add(&state->recorded, 1);
    else
        __sync_fetch_and_add(&state->dropped, 1);
    charge(meter, began, settings.flood_hit_ns);
    return 0;
}

#define LW_SLOT_PROGRAM(n)                                                                                             \
    SEC("perf_event") int slot##n(struct bpf_perf_event_data *ctx)                                                     \
    {                                                                                                                  \
        return hit(ctx, n);                                                                                            \
    }

LW_SLOT_PROGRAM(0)
LW_SLOT_PROGRAM(1)
LW_SLOT_PROGRAM(2)
LW_SLOT_PROGRAM(3)

/* A change of a watched process's life, told in the same ring, so in order with its hits. */
static __always_inline void notice(lw_u16 kind, lw_u32 tgid, lw_u32 tid, lw_u64 about)
{
    struct lw_record r = {
        .kind = kind, .version = LW_RECORD_VERSION, .time = bpf_ktime_get_ns(), .tgid = tgid, .tid = tid, .address = about};
    if (bpf_ringbuf_output(&ring, &r, sizeof(r), BPF_RB_FORCE_WAKEUP) != 0) {
        struct lw_session_state *ss = session_state();
        if (ss)
            __sync_fetch_and_add(&ss->lost_notices, 1);
    }
}

/* A new thread of a watched process. Where only one is watched its number is compared, and where no stack's top is known none is looked for: what is touched
 * here first is seldom in a cache, and makes a hundredth of what a thread takes to come and go. */
static __always_inline void on_thread(struct task_struct *parent, struct task_struct *child)
{
    struct lw_session_state *ss = session_state();
    if (!ss || (ss->sole ? ss->sole != parent->tgid : !target_of(parent)))
        return;
    if (ss->tops)
        forget_stack_top(child->pid);
    __sync_fetch_and_add(&ss->threads, 1);
}

/* kernel_clone() passes here after the child has its events and before it runs: no instruction of it can slip by. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    lw_u32 parent_tgid = parent->tgid;
    lw_u32 child_tgid = child->tgid;
    if (child_tgid == parent_tgid) {
        on_thread(parent, child);
        return 0;
    }
    struct lw_target *target = settings.follow_fork ? target_of(parent) : 0;
    struct lw_session_state *ss = session_state();
    if (!target || !ss)
        return 0;
    forget_stack_top(child->pid);

    struct lw_target born = {.born = child->start_boottime};
    if (bpf_map_pop_elem(&free_processes, &born.process) != 0) {
        __sync_fetch_and_add(&ss->untracked, 1);
        return 0;
    }
    for (lw_u32 slot = 0; slot < LW_SLOTS; slot++) {
        lw_u32 from_index = target->process * LW_SLOTS + slot;
        lw_u32 to_index = born.process * LW_SLOTS + slot;
        struct lw_slot_state *from = bpf_map_lookup_elem(&slots, &from_index);
        struct lw_slot_state *to = bpf_map_lookup_elem(&slots, &to_index);
        if (!from || !to)
            continue;
        to->last_value = from->last_value;
        to->counted = to->recorded = to->filtered = to->dropped = to->skipped = 0;
        to->meter = from->meter; /* the family has one allowance */
        to->stale = from->stale;
        to->ranges = from->ranges;
        to->condition = from->condition;
        to->order = from->order;
        to->siblings = from->siblings;
        to->flags = from->flags;
        to->length = from->length;
        to->mode = from->mode;
        to->address = from->address;
    }
    if (bpf_map_update_elem(&targets, &child_tgid, &born, BPF_ANY) != 0) {
        bpf_map_push_elem(&free_processes, &born.process, 0);
        __sync_fetch_and_add(&ss->untracked, 1);
        return 0;
    }
    __sync_fetch_and_add(&ss->threads, 1);
    notice(LW_RECORD_FORK, child_tgid, parent->pid, parent_tgid);
    return 0;
}

/* The new program's memory has nothing to do with the old one's addresses. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
    lw_u32 tgid = task->tgid;
    struct lw_target *target = target_of(task);
    if (!target)
        return 0;
    lw_u32 process = target->process;
    struct lw_session_state *ss = session_state();
    if (ss)
        ss->sole = 0;
    bpf_map_delete_elem(&targets, &tgid);
    forget_stack_top(task->pid);
    notice(LW_RECORD_EXEC, tgid, task->pid, process);
    return 0;
}

#include "arising.bpf.h"
