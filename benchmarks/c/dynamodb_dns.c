/*
 * dynamodb_dns.c - how far is the limit?
 *
 * An exhaustive breadth-first search of one model, written by hand for one
 * core: the DNS automation with one endpoint, the protocol as deployed
 * (blind cleaner, strict rollback), optionally with the newness of a plan
 * checked again inside the flip's batch (-DIN_BATCH=1).  It is a yardstick
 * for the general checker, not a tool: it knows nothing but this model.
 *
 *     cc -O3 -march=native -DE=3 -DP=4 -DR=1 dynamodb_dns.c -o dynamodb_dns
 *
 * E enactors, P plans, R retention.  Prints one line of JSON.  The search is
 * exact: whole states are stored and compared, nothing is reduced away, every
 * enabled step of every distinct state is counted.  E=3 P=4 must give 25483
 * states, 58967 transitions, depth 35; with IN_BATCH 13823, 28558, 32.
 *
 * Where the speed comes from, the largest first: states are stepped eight at
 * a time without a branch; a small cache of recent successors drops most of
 * the duplicates before they cost a cache miss; a bucket of the table is one
 * cache line, fetched well ahead of its use and compared in one instruction;
 * the table doubles in place, in one sequential pass.  AVX-512 is used where
 * the compiler has it; without it the program is the same, 2-3 times slower.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>
#define WIDE 1
#else
#define WIDE 0
#pragma GCC diagnostic ignored "-Wpsabi"    /* every vector here is inlined */
#endif

#ifndef E
#define E 3
#endif
#ifndef P
#define P 4
#endif
#ifndef R
#define R 1
#endif
#ifndef IN_BATCH
#define IN_BATCH 0
#endif
#ifndef BLOCK
#define BLOCK 1024          /* states that are expanded before any insertion */
#endif
#ifndef AHEAD
#define AHEAD 16            /* insertions between a prefetch and its use */
#endif
#ifndef RECENT
#define RECENT 13           /* log2 of the words in the cache of successors */
#endif
#ifndef LOAD
#define LOAD 60             /* the table doubles at this load, in percent */
#endif

typedef uint64_t u64;
typedef u64 vec __attribute__((vector_size(64)));               /* 8 states */
typedef u64 loose __attribute__((vector_size(64), aligned(8), may_alias));

/*
 * A state is one word, from the lowest bit: a one (so that no state is 0, the
 * empty slot of the table); bit p, the tree of plan p; alias, rollback and
 * newest; then for each enactor its phase, its plan, and whether the lock is
 * its own.  With one endpoint a victim exists only while cleaning, so phase
 * and victim are one number: 4 + v is "cleaning, at victim v".
 */
enum { IDLE, LOCKING, BUILDING, FLIPPING, RELEASING, CLEANING };

#define BITS(max) ((max) < 2 ? 1 : (max) < 4 ? 2 : (max) < 8 ? 3 : (max) < 16 ? 4 : 5)
#define ONES(bits) ((UINT64_C(1) << (bits)) - 1)
#define BIT(at) (UINT64_C(1) << (at))

enum {
    PLAN_BITS = BITS(P),
    PHASE_BITS = BITS(RELEASING + (P - 1 > R ? P - 1 - R : 0)),
    ENACTOR_BITS = PHASE_BITS + PLAN_BITS + 1,
    ALIAS = 1 + P,
    ROLLBACK = ALIAS + PLAN_BITS,
    NEWEST = ROLLBACK + PLAN_BITS,
    ENACTORS = NEWEST + PLAN_BITS,
    STATE_BITS = ENACTORS + E * ENACTOR_BITS
};
_Static_assert(E >= 1 && P >= 1 && P <= 31 && R >= 0, "parameters out of range");
_Static_assert(STATE_BITS <= 63, "a state must fit into 63 bits");

enum { PUBLISH, PICK_UP, ACQUIRE, BUILD, FLIP, RELEASE, CLEAN, KINDS };
static const char *const kind_name[KINDS] = {
    "publish", "pick_up", "acquire", "build", "flip", "release", "clean"
};

/* Counters, one per lane: to count a step is to subtract its mask (-1). */
struct counts { vec taken[KINDS], no_answer, no_rollback; };

#define PLANS(n) ((u64)(n) << ALIAS | (u64)(n) << ROLLBACK | (u64)(n) << NEWEST)
#define START (BIT(0) | BIT(1) | PLANS(1) | start_plans())
#define INERT (ONES(1 + P) | PLANS(P))      /* breaks nothing, has no steps */

static u64 start_plans(void)                /* every enactor idle with plan 1 */
{
    u64 s = 0;
    for (int e = 0; e < E; e++)
        s |= BIT(ENACTORS + e * ENACTOR_BITS + PHASE_BITS);
    return s;
}

static inline vec load(const u64 *p) { return *(const loose *)p; }
static inline void store(u64 *p, vec x) { *(loose *)p = x; }
static inline vec all(u64 x) { return (vec){x, x, x, x, x, x, x, x}; }
static inline vec pick(vec mask, vec a, vec b) { return (a & mask) | (b & ~mask); }

static inline u64 sum(vec x)
{
    return x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7];
}

/* The chosen lanes of x moved to the front, zeros behind them. */
static inline vec pack(vec mask, vec x)
{
#if WIDE
    return (vec)_mm512_maskz_compress_epi64(_mm512_movepi64_mask((__m512i)mask), (__m512i)x);
#else
    u64 out[9] = {0};
    for (int i = 0, n = 0; i < 8; i++) {
        out[n] = x[i] & mask[i];
        n += (int)(mask[i] & 1);
    }
    return load(out);
#endif
}

/* Append the chosen lanes; up to eight words behind them are overwritten. */
static inline u64 *emit(u64 *out, vec mask, vec x)
{
    store(out, pack(mask, x));
#if WIDE
    /* The shift keeps the eight bits of the mask and nothing else: gcc 12 can
     * spill a mask as one byte and then count the bits of four. */
    return out + _mm_popcnt_u64((u64)_mm512_movepi64_mask((__m512i)mask) << 56);
#else
    return out + sum(mask & 1);
#endif
}

/*
 * All successors of eight states.  Every step is computed for every lane and
 * masked away where it is not enabled, which is far cheaper than a switch on
 * phases that no branch predictor can know.  A mask is -1 or 0 in each lane.
 */
static inline u64 *expand(vec s, u64 *out, struct counts *c)
{
    const vec none = all(0), one = all(1);
    u64 locks = 0;
    for (int e = 0; e < E; e++)
        locks |= BIT(ENACTORS + (e + 1) * ENACTOR_BITS - 1);

    const vec alias = s >> ALIAS & ONES(PLAN_BITS);
    const vec rollback = s >> ROLLBACK & ONES(PLAN_BITS);
    const vec newest = s >> NEWEST & ONES(PLAN_BITS);
    const vec answers = (vec)((s >> alias & 1) != none);
    const vec behind = (vec)(alias < newest);
    const vec lock_free = (vec)((s & locks) == none);

    /* The invariants; every distinct state passes here exactly once. */
    c->no_answer -= ~answers;
    c->no_rollback -= (vec)((s >> rollback & 1) == none);

    const vec publish = (vec)(newest < P);
    c->taken[PUBLISH] -= publish;
    out = emit(out, publish, s + BIT(NEWEST));

    /* Added to a state, this moves alias to rollback and clears alias. */
    const vec flipped = ((alias - rollback) << ROLLBACK) - (alias << ALIAS);

#pragma GCC unroll 16
    for (int e = 0; e < E; e++) {
        const int at = ENACTORS + e * ENACTOR_BITS, plan_at = at + PHASE_BITS;
        const u64 own = BIT(plan_at + PLAN_BITS);
        const vec phase = s >> at & ONES(PHASE_BITS);
        const vec plan = s >> plan_at & ONES(PLAN_BITS);
        const vec tree = one << plan;

        const vec picks = (vec)(phase == IDLE) & behind;
        const vec acquires = (vec)(phase == LOCKING) & lock_free;
        const vec builds = (vec)(phase == BUILDING);
        const vec flips = (vec)(phase == FLIPPING);
        const vec releases = (vec)(phase == RELEASING);
        const vec cleans = (vec)(phase >= CLEANING);
        c->taken[PICK_UP] -= picks;
        c->taken[ACQUIRE] -= acquires;
        c->taken[BUILD] -= builds;
        c->taken[FLIP] -= flips;
        c->taken[RELEASE] -= releases;
        c->taken[CLEAN] -= cleans;

        /* A flip by the lock's owner: stale, rejected twice over, or done. */
        const vec lost = (builds | flips) & (vec)((s & own) == none);
        const vec built = (vec)((s & tree) != none);
        vec tries = flips & ~lost;
        if (IN_BATCH)
            tries &= (vec)(plan > alias);   /* a stale one just moves on */
        const vec unbuilt = tries & ~built;
        const vec done = tries & built & answers;
        const vec refused = tries & built & ~answers;

        /* Success is the next phase; idle and locking are where others go. */
        const vec onward = s + BIT(at);
        const vec rest = s & ~(ONES(PHASE_BITS) << at);
        const vec retry = rest | BIT(at);
        vec t = onward + ((newest - plan) << plan_at & picks)
                       + ((flipped + (plan << ALIAS)) & done);
        t |= (own & acquires) | (tree & builds);
        t -= (2 * BIT(at)) & unbuilt;
        t = pick(refused, retry & ~own, t);
        t = pick(lost, retry, t);

        /* Releasing is "cleaning, at victim 0": the same question, whether
         * there is a next victim, decides where both of them go. */
        const vec victim = (phase - RELEASING) & cleans;
        const vec more = (vec)(victim + R + 1 < plan);
        const vec gone = (own & releases) | (one << victim & cleans);
        t = pick(releases | cleans, pick(more, onward, rest) & ~gone, t);

        out = emit(out, picks | acquires | builds | flips | releases | cleans, t);
    }
    return out;
}

static inline vec hash(vec s)               /* multiply, fold, multiply */
{
    s *= UINT64_C(0x9E3779B97F4A7C15);
    s ^= s >> 32;
    return s * UINT64_C(0xBF58476D1CE4E5B9);
}

/* The first slot of the home bucket in a table of so many slots.  Low bits of
 * a fixed field, so that doubling leaves a state or moves it by `slots`. */
static inline vec home(vec h, u64 slots) { return h >> 29 & (slots - 8); }

/*
 * Look a state up, from its home bucket on, and append it to the queue if it
 * is new.  Nothing is ever deleted, so buckets fill from the front and the
 * first slot that is empty or equal decides.  Writing the word in both cases
 * is idempotent and saves the one branch that would be a coin toss.
 */
static inline u64 insert(u64 *table, u64 slots, u64 at, u64 word, u64 *queue, u64 count)
{
    for (;; at = (at + 8) & (slots - 8)) {
        u64 *bucket = table + at;
#if WIDE
        const __m512i x = _mm512_load_si512(bucket);
        const unsigned equal = _mm512_cmpeq_epi64_mask(x, _mm512_set1_epi64((long long)word));
        const unsigned stop = equal | _mm512_testn_epi64_mask(x, x);
        if (__builtin_expect(stop != 0, 1)) {
            bucket[__builtin_ctz(stop)] = word;
            queue[count] = word;
            return count + (equal == 0);
        }
#else
        for (int i = 0; i < 8; i++) {
            if (bucket[i] == word)
                return count;
            if (bucket[i] == 0) {
                bucket[i] = queue[count] = word;
                return count + 1;
            }
        }
#endif
    }
}

/*
 * Double the table where it stands: a state at home stays in its bucket or
 * goes to the same bucket of the new half, so this is one sequential pass.
 * The few that had overflowed are set aside, in `spare`, and inserted last.
 */
static void grow(u64 *table, u64 slots, u64 *spare)
{
    u64 *end = spare, sink[1];
    for (u64 at = 0; at < slots; at += 8) {
        const vec x = load(table + at), to = home(hash(x), 2 * slots);
        const vec used = (vec)(x != all(0));
        const vec stay = used & (vec)(to == at), move = used & (vec)(to == at + slots);
        store(table + at, pack(stay, x));
#if WIDE    /* a whole line that is not needed soon: past the caches */
        _mm512_stream_si512((void *)(table + slots + at), (__m512i)pack(move, x));
#else
        store(table + slots + at, pack(move, x));
#endif
        end = emit(end, used & ~(stay | move), x);
    }
    for (; spare < end; spare++)
        insert(table, 2 * slots, home(hash(all(*spare)), 2 * slots)[0], *spare, sink, 0);
}

/* Address space for `words` words, backed by huge pages as it is touched. */
static u64 *reserve(u64 words)
{
    const uintptr_t huge = 2 << 20;
    const size_t bytes = words * sizeof(u64);
    char *p = mmap(NULL, bytes + huge, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    p = (char *)(((uintptr_t)p + huge - 1) & ~(huge - 1));
    madvise(p, bytes, MADV_HUGEPAGE);       /* if refused: slower, not wrong */
    return (u64 *)p;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void)
{
    enum { DEPTHS = 4096 };
    static u64 found[BLOCK * (E + 1) + 8], where[BLOCK * (E + 1) + 8];
    static u64 recent[1 << RECENT], level[DEPTHS + 1];
    u64 *const table = reserve(UINT64_C(1) << 32), *const queue = reserve(UINT64_C(1) << 32);
    u64 slots = 1 << 16, count = 0, head = 0, transitions = 0;
    int depth = -1, first_empty = -1, first_unready = -1;
    struct counts c = {0};

    const double began = now();
    count = insert(table, slots, home(hash(all(START)), slots)[0], START, queue, count);
    while (head < count) {
        const u64 end = count;              /* of this level */
        if (++depth == DEPTHS)
            abort();
        level[depth] = head;
        while (head < end) {
            const u64 stop = end - head < BLOCK ? end : head + BLOCK;
            u64 *out = found, kept = 0, i;
            for (; head + 8 <= stop; head += 8)
                out = expand(load(queue + head), out, &c);
            if (head < stop) {
                vec s = all(INERT);
                for (i = 0; head < stop; i++)
                    s[i] = queue[head++];
                out = expand(s, out, &c);
            }

            const u64 n = (u64)(out - found);
            while ((count + n) * 100 > slots * LOAD) {
                grow(table, slots, queue + count);
                slots *= 2;
            }

            /* Two steps that commute lead to one state from two neighbours in
             * the queue.  What went by lately need not be looked up again; a
             * forgotten one is merely looked up once more. */
            for (i = 0; i < n; i += 8) {
                u64 cell[8], to[8];
                const vec x = load(found + i), h = hash(x);
                const u64 lanes = n - i < 8 ? n - i : 8;
                store(cell, h >> 20 & ONES(RECENT));
                store(to, home(h, slots));
#pragma GCC unroll 8
                for (u64 j = 0; j < 8; j++) {
                    if (j == lanes)
                        break;
                    const u64 word = x[j], old = recent[cell[j]];
                    recent[cell[j]] = found[kept] = word;
                    where[kept] = to[j];
                    kept += old != word;
                }
            }

            for (i = 0; i < AHEAD && i < kept; i++)
                __builtin_prefetch(table + where[i], 1);
            for (i = 0; i < kept; i++) {
                if (i + AHEAD < kept)
                    __builtin_prefetch(table + where[i + AHEAD], 1);
                count = insert(table, slots, where[i], found[i], queue, count);
            }
        }
        if (first_empty < 0 && sum(c.no_answer))
            first_empty = depth;
        if (first_unready < 0 && sum(c.no_rollback))
            first_unready = depth;
    }
    level[depth + 1] = head;
    const double seconds = now() - began;

    for (int k = 0; k < KINDS; k++)
        transitions += sum(c.taken[k]);
    printf("{\"distinct_states\": %" PRIu64 ", \"transitions\": %" PRIu64 ", \"depth\": %d, "
           "\"seconds\": %.6f, \"states_per_second\": %.0f, \"bytes_per_state\": %.1f",
           count, transitions, depth, seconds, (double)count / seconds,
           (double)((slots + count) * sizeof(u64)) / (double)count);
    printf(first_empty < 0 ? ", \"no_empty_answer\": null" : ", \"no_empty_answer\": %d", first_empty);
    printf(first_unready < 0 ? ", \"rollback_ready\": null" : ", \"rollback_ready\": %d", first_unready);
    printf(", \"violating_states\": [%" PRIu64 ", %" PRIu64 "], \"taken\": {",
           sum(c.no_answer), sum(c.no_rollback));
    for (int k = 0; k < KINDS; k++)
        printf("%s\"%s\": %" PRIu64, k ? ", " : "", kind_name[k], sum(c.taken[k]));
    printf("}}\n");
    return 0;
}
