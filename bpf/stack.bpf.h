/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * How much of the user's stack a hit takes along. Part of watch.bpf.c, whose settings and scratch it uses. Each byte counts: with a data breakpoint set,
 * a processor copies strings ("rep movsb") a byte at a time, half a microsecond a KiB.
 */
#ifndef LIVEWATCHER_STACK_BPF_H
#define LIVEWATCHER_STACK_BPF_H

/* Where the stack of a thread that has hit on this CPU was found to end. To run into the end is an exception, and costs more than all of the copy. */
struct lw_stack_end {
    lw_u64 address;
    lw_u32 tid;
    lw_u32 trusted; /* so many more times, then it is found anew */
};

#define LW_STACK_ENDS 64 /* by the last bits of the tid */
#define LW_STACK_END_TRUSTED 32

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, LW_STACK_ENDS);
    __type(key, lw_u32);
    __type(value, struct lw_stack_end);
} stack_ends SEC(".maps");

static __always_inline struct lw_stack_end *stack_end(lw_u32 tid)
{
    lw_u32 place = tid % LW_STACK_ENDS;
    return bpf_map_lookup_elem(&stack_ends, &place);
}

/* Shared by mmap: whoever unwinds the stacks says where they begin. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_STACK_TOPS);
    __type(key, lw_u32);
    __type(value, lw_u64);
} stack_tops SEC(".maps");

static __always_inline volatile lw_u64 *stack_top_word(lw_u32 tid)
{
    lw_u32 place = tid % LW_STACK_TOPS;
    return bpf_map_lookup_elem(&stack_tops, &place);
}

/* Two threads whose numbers end alike have one word. */
static __always_inline int is_of_thread(lw_u64 word, lw_u32 tid)
{
    return (word & ((1 << LW_STACK_TOP_TAG) - 1)) == tid / LW_STACK_TOPS;
}

/* Where the thread's stack begins; until somebody says, the first thread's begins below its arguments, and another's below what its FS register points to, for there the C library has put
 * its thread control block (glibc's nptl/allocatestack.c, musl's src/thread/pthread_create.c). Neither counts unless it lies above the stack pointer, and near. */
static __always_inline lw_u64 stack_top(lw_u32 tid, lw_u64 sp)
{
    volatile lw_u64 *told = stack_top_word(tid);
    lw_u64 word = told ? *told : 0;
    if (word && is_of_thread(word, tid))
        return word >> LW_STACK_TOP_TAG << 4;
    struct task_struct *task = (void *)bpf_get_current_task();
    lw_u64 block = BPF_CORE_READ(task, thread.fsbase), arguments = BPF_CORE_READ(task, mm, start_stack);
    return block > sp && block - sp < LW_STACK_MAX ? block : arguments;
}

/* A new thread has the number: what is known is of one that is gone. */
static __always_inline void forget_stack_top(lw_u32 tid)
{
    volatile lw_u64 *told = stack_top_word(tid);
    if (told && is_of_thread(*told, tid))
        *told = 0;
}

/* How many bytes of the user stack are to be copied, as far as it is known where the stack begins and where its mapping ends. */
static __always_inline lw_u32 stack_wanted(struct lw_record *r, lw_u64 sp)
{
    lw_u32 want = settings.stack_bytes;
    if (want == 0)
        return 0;
    if (want > LW_STACK_MAX)
        want = LW_STACK_MAX;
    lw_u64 top = stack_top(r->tid, sp);
    if (top > sp && top - sp < want) {
        want = top - sp;
        r->flags |= LW_STACK_KNOWN;
    }
    struct lw_stack_end *end = stack_end(r->tid);
    if (end && end->tid == r->tid && end->trusted > 0 && end->address > sp && end->address - sp < want) {
        end->trusted--;
        want = end->address - sp;
        r->flags |= LW_STACK_END;
    }
    return want;
}

/* Copies as much of the user stack as is readable, page by page where the whole cannot be had: the thread's first
 * frame is often nearer than that to the end of its mapping. A function of its own for the verifier too, which walks through it once and not at each end of
 * each way to it. */
__noinline int copy_pages(struct lw_scratch *s, lw_u64 sp, lw_u32 want)
{
    if (!s || want > LW_STACK_MAX)
        return 0;
    lw_u32 done = 0;
    for (int page = 0; page < LW_STACK_MAX / 4096 + 1; page++) {
        if (done >= want)
            break;
        lw_u32 piece = 4096 - ((sp + done) & 4095);
        if (piece > want - done)
            piece = want - done;
        if (piece > 4096)
            break;
        lw_u32 at = done & (LW_STACK_MAX - 1);
        if (bpf_probe_read_user(s->stack + at, at_most(piece, 4096), (void *)(sp + done)) != 0)
            break;
        done += piece;
    }
    struct lw_stack_end *end = stack_end(s->record.tid);
    if (end) {
        end->address = sp + done;
        end->tid = s->record.tid;
        end->trusted = LW_STACK_END_TRUSTED;
    }
    s->record.flags |= done ? LW_STACK_END : LW_STACK_UNREAD;
    return done;
}

#endif
