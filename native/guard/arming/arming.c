/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "arming.h"

#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "poking.h"
#include "records.h"
#include "stops.h"
#include "waits.h"

static void fill_attributes(struct perf_event_attr *attr, int slot, const struct lw_slot_spec *spec,
                            const struct lw_guard_config *config)
{
    memset(attr, 0, sizeof(*attr));
    attr->type = PERF_TYPE_BREAKPOINT;
    attr->size = sizeof(*attr);
    attr->bp_type = spec->type;
    attr->bp_addr = spec->address;
    attr->bp_len = spec->length;
    attr->sample_period = 1;
    attr->inherit = 1;
    /* Children that are not followed shall not trap: their guard would be missing. (Linux 5.13) */
    attr->inherit_thread = config->follow_fork ? 0 : 1;
    /* The new program's .bss is cleared after this: no hit of anybody's. (Linux 5.13) */
    attr->remove_on_exec = 1;
    attr->exclude_hv = 1;
    attr->exclude_kernel = config->exclude_kernel ? 1 : 0;
    if (slot == LW_LOADER_SLOT) {
        attr->exclude_kernel = 1;
        attr->sigtrap = 1; /* synchronous: the thread stops at the breakpoint, in our hands (Linux 5.13) */
        attr->sig_data = LW_LOADER_COOKIE;
    } else if (config->rings == 0) {
        attr->read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    } else {
        /* No times: an event of a thread and a CPU counts as enabled while the thread runs on another. */
        attr->sample_type = LW_PERF_SAMPLE_TYPE;
        attr->sample_regs_user = LW_PERF_SAMPLE_REGISTERS;
        attr->sample_regs_intr = LW_PERF_INTERRUPTED_REGISTERS;
        /* 8 bytes more a slot: so a sample names its slot, though two may hold one address (PerfSampling.StackBytesOf). */
        attr->sample_stack_user = config->stack_bytes + 8u * (uint32_t)slot;
        attr->use_clockid = 1;
        attr->clockid = CLOCK_MONOTONIC;
        attr->sample_id_all = 1;
        attr->task = 1; /* new threads, for the statement's number */
        attr->watermark = 1;
        attr->wakeup_watermark = config->ring_watermark;
    }
}

/* One event of a thread on one CPU (-1: any), delivering to a BPF program, to a ring, or, the loader's, to nobody. Where the thread stands
 * still, it cannot hit before the event knows where to deliver: then it comes into the world switched on, which saves an interrupt of
 * the thread's CPU (kernel/events/core.c, event_function_call). */
static int open_event(int tid, int cpu, int slot, const struct lw_slot_spec *spec, const struct lw_guard_config *config, bool on)
{
    struct perf_event_attr attr;
    fill_attributes(&attr, slot, spec, config);
    attr.disabled = !on;
    int fd = (int)syscall(SYS_perf_event_open, &attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int failed = 0;
    if (slot != LW_LOADER_SLOT && config->rings > 0)
        failed = ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, config->ring_fds[cpu]);
    else if (slot != LW_LOADER_SLOT)
        failed = ioctl(fd, PERF_EVENT_IOC_SET_BPF, config->program_fds[slot]);
    if (failed != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

/* The events that t lacks. 0, or an errno and *slot, which t has not got then; ESRCH: it is dying. */
static int open_events(struct tracee *t, const struct lw_guard_config *config, bool on, uint32_t *slot)
{
    struct process *p = t->process;
    uint32_t missing = p->armed & ~t->have;
    for (int s = 0; s < LW_GUARD_SLOTS; s++) {
        if (!(missing & 1u << s))
            continue;
        /* An event that is inherited can have a ring only where it is bound to a CPU (perf_mmap: EINVAL). */
        int on_cpus = s != LW_LOADER_SLOT && config->rings > 0;
        for (int cpu = on_cpus ? 0 : -1; cpu < (on_cpus ? config->rings : 0); cpu++) {
            if (on_cpus && config->ring_fds[cpu] < 0)
                continue;
            int fd = open_event(t->tid, cpu, s, &p->spec[s], config, on && !(p->off & 1u << s));
            if (fd < 0) {
                *slot = (uint32_t)s;
                return -fd;
            }
            process_keep_event(p, &(struct event){fd, s, t->tid});
        }
        t->have |= 1u << s;
    }
    return 0;
}

int arm_thread(struct tracee *t, const struct lw_guard_config *config, uint32_t *slot)
{
    if (config->arming == LW_ARM_POKES)
        return poke_thread(t, slot);
    int error = open_events(t, config, true, slot);
    return error == ESRCH ? 0 : error; /* it has nothing left to cover */
}

bool arm_sleeper(struct tracee *t, const struct lw_guard_config *config)
{
    struct process *p = t->process;
    uint32_t slot, had = t->have, first = p->event_count;
    bool opened = open_events(t, config, false, &slot) == 0;
    for (uint32_t i = first; i < p->event_count; i++) {
        if (!opened)
            close(p->events[i].fd); /* switched off, it has counted nothing */
        else if (!(p->off & 1u << p->events[i].slot))
            ioctl(p->events[i].fd, PERF_EVENT_IOC_ENABLE, 0);
    }
    if (opened) {
        t->armed_asleep = true;
    } else {
        t->have = had;
        p->event_count = first;
    }
    return opened;
}

/* read(2) on an event includes what its inherited children have counted, gone ones too; end of file is an error state. */
static void count_event(const struct event *e, struct lw_guard_packet *counts)
{
    uint64_t values[3]; /* the count, time_enabled, time_running */
    ssize_t got = read(e->fd, values, sizeof(values));
    if (got < (ssize_t)sizeof(values[0])) {
        counts->failed[e->slot]++;
        return;
    }
    counts->value[e->slot] += values[0];
    if (got == (ssize_t)sizeof(values) && values[1] >= values[2] + LW_IDLE_NS)
        counts->idle[e->slot] += values[1] - values[2];
}

/* Counts and closes the events of these slots that were opened for a thread; tid 0: for any, while none stands for it. */
static void end_events(struct process *p, int tid, uint32_t mask, struct lw_guard_packet *counts)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->event_count; i++) {
        struct event e = p->events[i];
        if (!(mask & 1u << e.slot) || (tid != 0 && e.tid != tid)) {
            p->events[kept++] = e;
            continue;
        }
        ioctl(e.fd, PERF_EVENT_IOC_DISABLE, 0); /* its inherited children too */
        count_event(&e, counts);
        close(e.fd);
        if (tid == 0)
            give_way();
    }
    p->event_count = kept;
}

void disown_events(struct tracee *t)
{
    end_events(t->process, t->tid, ~0u, &t->process->past);
    t->have = 0;
    t->armed_asleep = false;
}

static void add_past(struct process *p, uint32_t mask, struct lw_guard_packet *counts)
{
    for (int s = 0; s < LW_GUARD_SLOTS; s++) {
        if (!(mask & 1u << s))
            continue;
        counts->value[s] += p->past.value[s];
        counts->idle[s] += p->past.idle[s];
        counts->failed[s] += p->past.failed[s];
    }
}

struct forget {
    struct process *process;
    uint32_t mask;
};

static void forget_slots(struct tracee *t, void *context)
{
    struct forget *forget = context;
    if (t->process == forget->process)
        t->have &= ~forget->mask;
}

void disarm_process(struct process *p, uint32_t mask, const struct lw_guard_config *config, struct lw_guard_packet *counts)
{
    struct forget forget = {p, mask};
    p->armed &= ~mask;
    if (config->arming == LW_ARM_POKES) {
        recall_surplus(p); /* what a thread's registers hold it holds till its next stop */
        return;
    }
    tracee_each(forget_slots, &forget);
    end_events(p, 0, mask, counts);
    add_past(p, mask, counts);
    for (int s = 0; s < LW_GUARD_SLOTS; s++)
        if (mask & 1u << s)
            p->past.value[s] = p->past.idle[s] = p->past.failed[s] = 0;
}

void switch_process(struct process *p, uint32_t mask, bool on)
{
    p->off = on ? p->off & ~mask : p->off | mask;
    for (uint32_t i = 0; i < p->event_count; i++)
        if (mask & 1u << p->events[i].slot) {
            give_way();
            ioctl(p->events[i].fd, on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0); /* its inherited children too */
        }
}

bool move_slot(struct process *p, int slot, uint64_t address, const struct lw_guard_config *config)
{
    struct perf_event_attr attr;
    p->spec[slot].address = address;
    fill_attributes(&attr, slot, &p->spec[slot], config);
    attr.disabled = p->off >> slot & 1;
    bool moved = true;
    for (uint32_t i = 0; i < p->event_count; i++)
        if (p->events[i].slot == slot)
            moved &= ioctl(p->events[i].fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, &attr) == 0;
    return moved;
}

void count_process(struct process *p, struct lw_guard_packet *counts)
{
    for (uint32_t i = 0; i < p->event_count; i++)
        count_event(&p->events[i], counts);
    add_past(p, ~0u, counts);
}

/* Nobody but the stopped thread can know of the memory by right; whoever writes there all the same is seen from the moment on at
 * which the registers of the thread that he runs in are loaded. */
static bool load(struct tracee *t, int slot, struct lw_instance *instance, const struct lw_arising *watch)
{
    struct process *p = t->process;
    struct lw_slot_state *states = p ? slot_states(p) : NULL;
    uint64_t value = 0;
    if (!states || guard.letting_go || !(p->armed & 1u << slot) || !read_memory(t->tid, instance->address, &value, watch->length))
        return false;
    if (!move_slot(p, slot, instance->address, &guard.config)) {
        instance->placed = 0;
        return false;
    }
    instance->placed = instance->address;
    __atomic_store_n(&states[slot].last_value, value, __ATOMIC_SEQ_CST);
    __atomic_store_n(&states[slot].address, instance->address, __ATOMIC_SEQ_CST);
    return true;
}

bool serve_arising(struct tracee *t)
{
    bool ours = false;
    for (int slot = 0; guard.config.instances && slot < LW_SLOTS; slot++) {
        struct lw_instance *instance = &guard.config.instances[slot];
        if (__atomic_load_n(&instance->state, __ATOMIC_SEQ_CST) != LW_INSTANCE_REQUESTED || (int)instance->tid != t->tid)
            continue;
        ours = true;
        struct lw_arising *watch = &guard.config.arisings[instance->watch % LW_ARISINGS];
        bool loaded = load(t, slot, instance, watch);
        __atomic_fetch_add(loaded ? &watch->armed : &watch->failed, 1, __ATOMIC_SEQ_CST);
        __atomic_store_n(&instance->state, loaded ? LW_INSTANCE_ARMED : LW_INSTANCE_NONE, __ATOMIC_SEQ_CST);
    }
    return ours;
}
