/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * soaked PAGE [NAME=NUMBER]...: writes, reads and executes what is watched, from several threads at a moderate rate, and counts it
 * on a page that it shares with the soak (page.h), which also commands it. It checks itself: where a system call fails, a value is
 * not what was written, or a child has died, it says so there.
 *
 *   threads=N   how many write, of them
 *   churn=1     one more that starts short-lived threads, one after another
 *   forks=1     one more that forks children, which write to their own memory
 *   pace=US     pause of each thread after each access
 *   locked=1    one access of a word at a time: then the values are 1, 2, 3...
 *   calls=1     some of the writes by read(2)
 *   second=1    it has executed itself
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "page.h"

#define NOINLINE __attribute__((noinline))
#define COMPILED() __asm__ volatile("" ::: "memory")

enum { MOST_THREADS = 16, LONGEST_SECONDS = 300 };

struct config {
    unsigned before, limit;
    unsigned long after;
};

struct heap {
    char before[64];
    unsigned long count;
};

/* Each in a slot of eight bytes of its own: the soak is no test of overlapping watches. */
unsigned char g_byte __attribute__((aligned(8)));
unsigned short g_short __attribute__((aligned(8)));
unsigned int g_int __attribute__((aligned(8)));
unsigned long g_long __attribute__((aligned(8)));
struct config g_config __attribute__((aligned(16)));
struct heap *g_heap;

static struct page *page;
static enum role role;
static long threads = 2, churn, forks, pace = 5000, locked = 1, calls, second;
static pthread_mutex_t locks[WORDS];
static uint64_t numbers[WORDS];
static time_t latest;

static void wrong(int line)
{
    if (page->wrong == 0) {
        page->error = (uint32_t)errno;
        page->wrong = (uint32_t)line;
    }
}

#define MUST(condition) ((condition) ? (void)0 : wrong(__LINE__))

static void *place(enum word word)
{
    switch (word) {
    case BYTE: return &g_byte;
    case SHORT: return &g_short;
    case INT: return &g_int;
    case LONG: return &g_long;
    case FIELD: return &g_config.limit;
    default: return &g_heap->count;
    }
}

static size_t size_of(enum word word)
{
    static const size_t sizes[WORDS] = { 1, 2, 4, 8, 4, 8, 0 };
    return sizes[word];
}

NOINLINE void soaked_step(uint64_t number)
{
    __asm__ volatile("" : : "r"(number));
}

/* One instruction each, whatever the compiler. */
NOINLINE static void store(enum word word, uint64_t number)
{
    switch (word) {
    case BYTE: *(volatile unsigned char *)&g_byte = (unsigned char)number; break;
    case SHORT: *(volatile unsigned short *)&g_short = (unsigned short)number; break;
    case INT: *(volatile unsigned int *)&g_int = (unsigned int)number; break;
    case LONG: *(volatile unsigned long *)&g_long = number; break;
    case FIELD: *(volatile unsigned int *)&g_config.limit = (unsigned int)number; break;
    case HEAP: *(volatile unsigned long *)&g_heap->count = number; break;
    default: soaked_step(number);
    }
}

/* memcpy of a size that is known is a store or two; the field is written along with its neighbours. */
NOINLINE static void copy(enum word word, uint64_t number)
{
    struct config config = { .before = 1, .limit = (unsigned int)number, .after = 2 };
    COMPILED();
    switch (word) {
    case BYTE: memcpy(&g_byte, &number, sizeof g_byte); break;
    case SHORT: memcpy(&g_short, &number, sizeof g_short); break;
    case INT: memcpy(&g_int, &number, sizeof g_int); break;
    case LONG: memcpy(&g_long, &number, sizeof g_long); break;
    case FIELD: memcpy(&g_config, &config, sizeof g_config); break;
    case HEAP: memcpy(&g_heap->count, &number, sizeof g_heap->count); break;
    default: soaked_step(number);
    }
    COMPILED();
}

NOINLINE static uint64_t load(enum word word)
{
    switch (word) {
    case BYTE: return *(volatile unsigned char *)&g_byte;
    case SHORT: return *(volatile unsigned short *)&g_short;
    case INT: return *(volatile unsigned int *)&g_int;
    case LONG: return *(volatile unsigned long *)&g_long;
    case FIELD: return *(volatile unsigned int *)&g_config.limit;
    case HEAP: return *(volatile unsigned long *)&g_heap->count;
    default: return 0;
    }
}

NOINLINE static void store_by_call(const int *pipe, enum word word)
{
    MUST(read(pipe[0], place(word), size_of(word)) == (ssize_t)size_of(word));
}

static void begin(struct tally *tally) { __atomic_fetch_add(&tally->begun, 1, __ATOMIC_SEQ_CST); }
static void end(struct tally *tally) { __atomic_fetch_add(&tally->done, 1, __ATOMIC_SEQ_CST); }

/* One access of one word, counted. */
static void act(unsigned *seed, const int *pipe)
{
    enum word word = (enum word)(rand_r(seed) % WORDS);
    struct account *account = &page->accounts[role][word];
    int way = rand_r(seed) % 8, by_call = calls && way == 0 && word != STEP;
    if (locked)
        MUST(pthread_mutex_lock(&locks[word]) == 0);
    if (way >= 6 && word != STEP) {
        begin(&account->loads);
        load(word);
        end(&account->loads);
    } else {
        struct tally *tally = by_call ? &account->calls : &account->stores;
        uint64_t number = __atomic_add_fetch(&numbers[word], 1, __ATOMIC_SEQ_CST);
        if (by_call)
            MUST(write(pipe[1], &number, size_of(word)) == (ssize_t)size_of(word));
        begin(tally);
        if (by_call)
            store_by_call(pipe, word);
        else if (way & 1)
            copy(word, number);
        else
            store(word, number);
        end(tally);
    }
    if (locked)
        MUST(pthread_mutex_unlock(&locks[word]) == 0);
}

/* usleep(3) that says where it was cut short: a signal that was not ours. */
static void rest(long microseconds)
{
    struct timespec time = { microseconds / 1000000, microseconds % 1000000 * 1000 };
    MUST(nanosleep(&time, NULL) == 0);
}

static enum command command(void)
{
    return (enum command)__atomic_load_n(&page->command, __ATOMIC_SEQ_CST);
}

static int goes_on(void)
{
    return (command() == RUN || command() == REST) && time(NULL) < latest;
}

static void *work(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    int pipe[2];
    MUST(pipe2(pipe, O_CLOEXEC) == 0);
    while (goes_on()) {
        if (command() == RUN)
            act(&seed, pipe);
        rest(pace);
    }
    close(pipe[0]);
    close(pipe[1]);
    return NULL;
}

static void *work_briefly(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    int pipe[2];
    MUST(pipe2(pipe, O_CLOEXEC) == 0);
    for (int i = 1 + rand_r(&seed) % 3; i > 0; i--)
        act(&seed, pipe);
    close(pipe[0]);
    close(pipe[1]);
    return NULL;
}

static void *start_others(void *argument)
{
    uintptr_t seed = (uintptr_t)argument;
    while (goes_on()) {
        pthread_t thread;
        if (command() == RUN) {
            MUST(pthread_create(&thread, NULL, work_briefly, (void *)seed++) == 0);
            MUST(pthread_join(thread, NULL) == 0);
        }
        rest(pace);
    }
    return NULL;
}

/* In a child, whose copies of the locks may be held for ever: plain stores only. */
static void be_child(unsigned seed)
{
    for (int i = 0; i < 5; i++) {
        enum word word = (enum word)(rand_r(&seed) % WORDS);
        struct tally *tally = &page->accounts[second ? CHILDREN_OF_SECOND : CHILDREN][word].stores;
        begin(tally);
        store(word, (uint64_t)rand_r(&seed));
        end(tally);
    }
    _exit(0);
}

static void have_child(unsigned seed)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        be_child(seed);
    MUST(child > 0);
    MUST(waitpid(child, &status, 0) == child);
    if (status != 0)
        errno = status; /* what has ended it */
    MUST(status == 0);
}

static void *bring_forth(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    while (goes_on()) {
        if (command() == RUN)
            have_child(seed++);
        rest(10 * pace);
    }
    return NULL;
}

static void read_arguments(int argc, char **argv)
{
    static const struct {
        const char *name;
        long *value;
    } known[] = { { "threads", &threads }, { "churn", &churn }, { "forks", &forks }, { "pace", &pace },
                  { "locked", &locked }, { "calls", &calls }, { "second", &second } };
    for (int i = 2; i < argc; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            size_t length = strlen(known[k].name);
            if (strncmp(argv[i], known[k].name, length) == 0 && argv[i][length] == '=')
                *known[k].value = strtol(argv[i] + length + 1, NULL, 10);
        }
    if (threads > MOST_THREADS)
        threads = MOST_THREADS;
}

static void open_page(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        perror(path);
        exit(99);
    }
    close(file);
}

/* Who is started by livewatcher has its pipes, and would keep them open for the soak after livewatcher's end. */
static void silence(void)
{
    int nowhere = open("/dev/null", O_RDWR);
    MUST(nowhere >= 0 && dup2(nowhere, 0) == 0 && dup2(nowhere, 1) == 1 && dup2(nowhere, 2) == 2);
    if (nowhere > 2)
        close(nowhere);
}

/* Reads, which an access watch sees. */
static void check_values(void)
{
    for (enum word word = BYTE; word < STEP; word++) {
        uint64_t last = numbers[word] << (64 - 8 * size_of(word)) >> (64 - 8 * size_of(word));
        struct tally *tally = &page->accounts[role][word].loads;
        begin(tally);
        MUST(load(word) == last);
        end(tally);
    }
}

static void execute(char **argv)
{
    char *again[16] = { 0 };
    int count = 0;
    for (; argv[count] && count < 14; count++)
        again[count] = argv[count];
    again[count] = "second=1";
    __atomic_store_n(&page->command, RUN, __ATOMIC_SEQ_CST);
    execv("/proc/self/exe", again);
    wrong(__LINE__);
}

int main(int argc, char **argv)
{
    pthread_t thread[MOST_THREADS + 2];
    long count = 0;
    if (argc < 2)
        return 99;
    open_page(argv[1]);
    read_arguments(argc, argv);
    silence();
    latest = time(NULL) + LONGEST_SECONDS;
    role = second ? SECOND : FIRST;
    g_heap = calloc(1, sizeof *g_heap);
    for (int i = 0; i < WORDS; i++)
        pthread_mutex_init(&locks[i], NULL);
    page->pid = (uint32_t)getpid();
    page->ready = 1;
    while (command() == WAIT && time(NULL) < latest)
        usleep(1000);
    for (; count < threads; count++)
        MUST(pthread_create(&thread[count], NULL, work, (void *)(uintptr_t)(count + 1)) == 0);
    if (churn)
        MUST(pthread_create(&thread[count++], NULL, start_others, (void *)(uintptr_t)100) == 0);
    if (forks)
        MUST(pthread_create(&thread[count++], NULL, bring_forth, (void *)(uintptr_t)10000) == 0);
    while (goes_on())
        usleep(2000);
    if (command() == LEAVE) {
        page->finished = 1;
        _exit(0);
    }
    while (count > 0)
        MUST(pthread_join(thread[--count], NULL) == 0);
    if (locked)
        check_values();
    if (command() == EXECUTE)
        execute(argv);
    page->finished = page->wrong == 0;
    return page->wrong != 0;
}
