/*
 * plain.c - the search of dynamodb_dns.c (the DNS automation as deployed, with one endpoint), as one
 * would write it by hand in an hour: scalar C, a switch on each enactor's phase, linear probing,
 * prefetch ahead of the look-ups.  Same line of output; what lies between the two is tuning.
 *
 *     cc -O3 -march=native -DE=3 -DP=4 plain.c -o plain
 *
 * E enactors, P plans; -DR=1: retention; -DIN_BATCH=1: a flip's batch checks again that the plan is
 * newer.  E=3 P=4: 25483 states, 58967 transitions, depth 35.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#ifndef R
#define R 1
#endif
#ifndef IN_BATCH
#define IN_BATCH 0
#endif

typedef unsigned long long u64;
/* A state is one word, from the lowest bit: bit p, the tree of plan p (bit 0 is unused); alias,
 * rollback, newest; lock, 0 if free, else 1 + its holder; each enactor's phase and plan.  There is a
 * victim only while cleaning, so RELEASING + v is "cleaning, at victim v".  No state is 0. */
enum { IDLE, LOCKING, BUILDING, FLIPPING, RELEASING };
#define BITS(max) ((max) < 2 ? 1 : (max) < 4 ? 2 : (max) < 8 ? 3 : (max) < 16 ? 4 : 5)
enum {
    PLAN_BITS = BITS(P), LOCK_BITS = BITS(E),
    PHASE_BITS = BITS(RELEASING + (P - 1 > R ? P - 1 - R : 0)), ENACTOR_BITS = PHASE_BITS + PLAN_BITS,
    ALIAS = 1 + P, ROLLBACK = ALIAS + PLAN_BITS, NEWEST = ROLLBACK + PLAN_BITS,
    LOCK = NEWEST + PLAN_BITS, ENACTORS = LOCK + LOCK_BITS
};
_Static_assert(E > 0 && P > 0 && P < 28 && R >= 0 && ENACTORS + E * ENACTOR_BITS <= 64, "too big");
enum { PUBLISH, PICK_UP, ACQUIRE, BUILD, FLIP, RELEASE, CLEAN, KINDS };
static const char *names[] = {"publish", "pick_up", "acquire", "build", "flip", "release", "clean"};
enum { BLOCK = 512, ROOM = BLOCK * (E + 1), AHEAD = 16, LOAD = 70 };
static u64 *table, *queue, slots = 1 << 16, count, taken[KINDS], no_answer, no_rollback;
static int depth = -1, empty, unready;      /* the last two: depths of the first violations */

static inline u64 ones(int bits) { return (1ull << bits) - 1; }
static inline u64 get(u64 s, int at, int bits) { return s >> at & ones(bits); }
static inline u64 put(u64 s, int at, int bits, u64 x) { return (s & ~(ones(bits) << at)) | x << at; }

/* All successors of a state. */
static u64 *expand(u64 s, u64 *out)
{
    const u64 alias = get(s, ALIAS, PLAN_BITS), newest = get(s, NEWEST, PLAN_BITS);
    const u64 lock = get(s, LOCK, LOCK_BITS);
    if (newest < P) {
        taken[PUBLISH]++;
        *out++ = put(s, NEWEST, PLAN_BITS, newest + 1);
    }
    for (int e = 0; e < E; e++) {
        const int at = ENACTORS + e * ENACTOR_BITS, plan_at = at + PHASE_BITS;
        const u64 phase = get(s, at, PHASE_BITS), plan = get(s, plan_at, PLAN_BITS), me = (u64)e + 1;
        u64 t = s, next = LOCKING;
        if (phase == IDLE ? alias >= newest : phase == LOCKING && lock)
            continue;                           /* not enabled */
        switch (phase) {
        case IDLE:
            t = put(t, plan_at, PLAN_BITS, newest);
            break;
        case LOCKING:
            t = put(t, LOCK, LOCK_BITS, me);
            next = BUILDING;
            break;
        case BUILDING:
            t |= (u64)(lock == me) << plan;
            next = lock == me ? FLIPPING : LOCKING;
            break;
        case FLIPPING:
            if (lock != me)
                break;
            if (IN_BATCH && plan <= alias) {    /* stale, skipped */
                next = RELEASING;
            } else if (!(s >> plan & 1)) {      /* rejected: its tree is missing */
                next = BUILDING;
            } else if (s >> alias & 1) {
                t = put(put(t, ROLLBACK, PLAN_BITS, alias), ALIAS, PLAN_BITS, plan);
                next = RELEASING;
            } else {                            /* rejected: the live tree is missing */
                t = put(t, LOCK, LOCK_BITS, 0);
            }
            break;
        case RELEASING:
            if (lock == me)
                t = put(t, LOCK, LOCK_BITS, 0);
            /* fall through */
        default:                                /* cleaning; releasing is like victim 0 */
            t &= ~(1ull << (phase - RELEASING));
            next = plan > phase - RELEASING + 1 + R ? phase + 1 : IDLE;
        }
        taken[phase > RELEASING ? CLEAN : PICK_UP + phase]++;
        *out++ = put(t, at, PHASE_BITS, next);
    }
    return out;
}

/* A state's first slot.  The table does not wrap around: its last slots spill over the end. */
static inline u64 home(u64 s)
{
    s = (s ^ s >> 32) * 0x9E3779B97F4A7C15ull;
    return (s ^ s >> 32) * 0xBF58476D1CE4E5B9ull >> 28 & (slots - 1);
}

/* Put a state into the table; false if it is there already. */
static inline int insert(u64 s, u64 at)
{
    for (; table[at] && table[at] != s; at++) {}
    const int new = !table[at];
    table[at] = s;
    return new;
}

/* Double the table where it stands, in one pass: a state's home stays or moves up by the old size,
 * so none goes to a slot still to be read.  What had spilled waits in the queue's free space. */
static void grow(void)
{
    u64 s, spilled = count, old = slots;
    for (u64 at = old; table[at]; table[at++] = 0)
        queue[spilled++] = table[at];
    slots *= 2;
    for (u64 at = 0; at < old; at++)
        if ((s = table[at])) {
            table[at] = 0;
            insert(s, home(s));
        }
    while (spilled-- > count)
        insert(queue[spilled], home(queue[spilled]));
}

static inline void add(u64 s, u64 at)
{
    if (!insert(s, at))
        return;
    queue[count++] = s;
    if (!(s >> get(s, ALIAS, PLAN_BITS) & 1) && no_answer++ == 0)
        empty = depth + 1;
    if (!(s >> get(s, ROLLBACK, PLAN_BITS) & 1) && no_rollback++ == 0)
        unready = depth + 1;
}

/* Address space for 2^32 words; memory comes as it is touched. */
static u64 *reserve(void)
{
    void *p = mmap(NULL, 8ull << 32, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        exit((perror("mmap"), 1));
    madvise(p, 8ull << 32, MADV_HUGEPAGE);
    return p;
}

int main(void)
{
    static u64 found[ROOM], where[ROOM];
    u64 head = 0, transitions = 0, widest = 0, n;
    u64 start = 1ull << 1 | 1ull << ALIAS | 1ull << ROLLBACK | 1ull << NEWEST;
    struct timespec a, b;
    table = reserve(), queue = reserve();
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int e = 0; e < E; e++)
        start = put(start, ENACTORS + e * ENACTOR_BITS + PHASE_BITS, PLAN_BITS, 1);
    add(start, home(start));
    for (u64 end = 0; head < count; ) {
        if (head == end) {                  /* the next level */
            depth++;
            end = count;
            widest = end - head > widest ? end - head : widest;
        }
        u64 *out = found;
        for (int i = 0; i < BLOCK && head < end; i++)
            out = expand(queue[head++], out);
        n = (u64)(out - found);
        while ((count + n) * 100 > slots * LOAD)
            grow();
        for (u64 i = 0; i < n; i++)
            where[i] = home(found[i]);
        for (u64 i = 0; i < n; i++) {
            __builtin_prefetch(table + where[i + AHEAD < n ? i + AHEAD : i], 1);
            add(found[i], where[i]);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    const double seconds = (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
    for (int k = 0; k < KINDS; k++)
        transitions += taken[k];
    printf("{\"distinct_states\": %llu, \"transitions\": %llu, \"depth\": %d, \"seconds\": %.6f, "
           "\"states_per_second\": %.0f, \"bytes_per_state\": %.1f, \"no_empty_answer\": %d, "
           "\"rollback_ready\": %d, \"violating_states\": [%llu, %llu], \"widest_level\": %llu, "
           "\"taken\": {", count, transitions, depth, seconds, (double)count / seconds,
           (double)((slots + count) * sizeof(u64)) / (double)count, empty, unready,
           no_answer, no_rollback, widest);
    for (int k = 0; k < KINDS; k++)
        printf("%s\"%s\": %llu", k ? ", " : "", names[k], taken[k]);
    printf("}}\n");
}
