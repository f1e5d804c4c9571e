/*
 * dynamodb_dns.c - how far is the limit?
 *
 * An exhaustive breadth-first search of one model, written by hand for one core: the DNS automation
 * as deployed, with one endpoint; with -DIN_BATCH=1 a flip's batch checks again that the plan is
 * newer.  It is a yardstick for the general checker, not a tool: it knows this model only.
 *
 *     cc -O3 -march=native -DE=3 -DP=4 -DR=1 dynamodb_dns.c -o dynamodb_dns
 *
 * E enactors, P plans, retention R.  Prints one line of JSON; a property's number is the depth of
 * its first violation, 0 for none.  The search is exact: whole states are compared, none is reduced
 * away, every enabled step of every state is counted.  E=3 P=4: 25483 states, 58967 transitions.
 *
 * What makes it fast: eight states are stepped at a time, without a branch; a small cache of recent
 * successors drops most duplicates before they cost a cache miss; a bucket of the table is a cache
 * line, prefetched and compared at once; the table doubles in place in one sequential pass.  Without
 * AVX-512 the same code takes two to three times as long.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

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

typedef unsigned long long u64;
typedef u64 vec __attribute__((vector_size(64)));               /* 8 states */
typedef u64 loose __attribute__((vector_size(64), aligned(8), may_alias));
/*
 * A state is one word, from the lowest bit: a one (so that no state is 0, the empty slot); bit p,
 * the tree of plan p; alias, rollback, newest; then for each enactor its phase, its plan, whether
 * the lock is its own.  With one endpoint there is a victim only while cleaning, so phase and victim
 * are one number: RELEASING + v is "cleaning, at victim v".
 */
enum { IDLE, LOCKING, BUILDING, FLIPPING, RELEASING };
#define BITS(max) ((max) < 2 ? 1 : (max) < 4 ? 2 : (max) < 8 ? 3 : (max) < 16 ? 4 : 5)
#define BIT(at) (1ull << (at))
#define ONES(bits) (BIT(bits) - 1)
enum {
    PLAN_BITS = BITS(P), PHASE_BITS = BITS(RELEASING + (P - 1 > R ? P - 1 - R : 0)),
    ENACTOR_BITS = PHASE_BITS + PLAN_BITS + 1,
    ALIAS = 1 + P, ROLLBACK = ALIAS + PLAN_BITS, NEWEST = ROLLBACK + PLAN_BITS,
    ENACTORS = NEWEST + PLAN_BITS, STATE_BITS = ENACTORS + E * ENACTOR_BITS
};
_Static_assert(E > 0 && P > 0 && P < 28 && R >= 0 && STATE_BITS <= 63, "does not fit into 63 bits");
#define PLANS(n) ((u64)(n) << ALIAS | (u64)(n) << ROLLBACK | (u64)(n) << NEWEST)
#define EACH (ONES(E * ENACTOR_BITS) / ONES(ENACTOR_BITS) << ENACTORS)  /* enactors' lowest bits */
#define START (BIT(0) | BIT(1) | PLANS(1) | EACH << PHASE_BITS)
#define INERT (ONES(1 + P) | PLANS(P))      /* breaks nothing, has no steps */
enum { PUBLISH, PICK_UP, ACQUIRE, BUILD, FLIP, RELEASE, CLEAN, KINDS };
static const char *names[] = {"publish", "pick_up", "acquire", "build", "flip", "release", "clean"};
/* Counters, one per lane: to count a step is to subtract its mask, -1 or 0. */
struct counts { vec taken[KINDS], no_answer, no_rollback; };
enum {
    BLOCK = 1024,       /* states expanded before their successors go in; 256 to 4096 do as well */
    AHEAD = 32,         /* look-ups between a prefetch and its use; 16 to 48 do as well */
    RECENT = 13,        /* log2 of the words in the cache of recent successors; 12 to 15 */
    LOAD = 70,          /* the table doubles at this load, in percent; 50 is 10 % faster */
    ROOM = 16 * BLOCK, DEPTHS = 4096
};
static inline vec load(const u64 *p) { return *(const loose *)p; }
static inline void store(u64 *p, vec x) { *(loose *)p = x; }
static inline vec all(u64 x) { return (vec){x, x, x, x, x, x, x, x}; }
static inline vec pick(vec mask, vec a, vec b) { return (a & mask) | (b & ~mask); }
static u64 sum(vec x) { return x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7]; }

/*
 * pack: the chosen lanes moved to the front, zeros behind.  lanes: how many are chosen.  store_far:
 * a line not needed soon.  settle: look a word up in one bucket, put a new one there and append it
 * to the queue; false if the bucket is full of others.  Nothing is ever deleted, so buckets fill from
 * the front, and the first slot that is empty or equal decides.
 */
#ifdef __AVX512DQ__
#include <immintrin.h>
#define MASK(m) _mm512_movepi64_mask((__m512i)(m))
#define pack(m, x) ((vec)_mm512_maskz_compress_epi64(MASK(m), (__m512i)(x)))
#define lanes(m) _mm_popcnt_u64((u64)MASK(m) << 56) /* gcc 12 may leave junk above a mask's 8 bits */
#define store_far(p, x) _mm512_stream_si512((void *)(p), (__m512i)(x))
static inline int settle(u64 *bucket, u64 word, u64 *queue, u64 *count)
{
    const __m512i x = _mm512_load_si512(bucket);
    const unsigned equal = _mm512_cmpeq_epi64_mask(x, _mm512_set1_epi64((long long)word));
    const unsigned stop = equal | _mm512_testn_epi64_mask(x, x);
    if (__builtin_expect(stop == 0, 0))
        return 0;
    bucket[__builtin_ctz(stop)] = queue[*count] = word; /* harmless if equal, and saves a branch */
    *count += equal == 0;
    return 1;
}
#else
static inline vec pack(vec mask, vec x)
{
    u64 out[9] = {0};
    for (u64 i = 0, n = 0; i < 8; n += mask[i++] & 1)
        out[n] = x[i] & mask[i];
    return load(out);
}
#define lanes(m) sum((m) & 1)
#define store_far store
static inline int settle(u64 *bucket, u64 word, u64 *queue, u64 *count)
{
    int i = 0;
    while (i < 8 && bucket[i] != 0 && bucket[i] != word)
        i++;
    if (i < 8 && bucket[i] == 0)
        bucket[i] = queue[(*count)++] = word;
    return i < 8;
}
#endif

/* Append the chosen lanes; all of the eight words there are written. */
static inline u64 *emit(u64 *out, vec mask, vec x)
{
    store(out, pack(mask, x));
    return out + lanes(mask);
}

/* All successors of eight states.  Every step is computed in every lane and masked away where it is
 * not enabled: far cheaper than a switch over phases that no branch predictor can know. */
static inline u64 *expand(const u64 *states, u64 *out, struct counts *c)
{
    const vec s = load(states), none = all(0), one = all(1);
    const vec alias = s >> ALIAS & ONES(PLAN_BITS), rollback = s >> ROLLBACK & ONES(PLAN_BITS);
    const vec newest = s >> NEWEST & ONES(PLAN_BITS), publish = (vec)(newest < P);
    const vec lock_free = (vec)((s & EACH << (PHASE_BITS + PLAN_BITS)) == none);
    const vec behind = (vec)(alias < newest), answers = (vec)((s >> alias & 1) != none);
    c->no_answer -= ~answers;       /* the invariants: every state passes here exactly once */
    c->no_rollback -= (vec)((s >> rollback & 1) == none);
    c->taken[PUBLISH] -= publish;
    out = emit(out, publish, s + BIT(NEWEST));
    /* Added to a state, this moves alias to rollback and clears alias. */
    const vec flipped = ((alias - rollback) << ROLLBACK) - (alias << ALIAS);
#pragma GCC unroll 16
    for (int e = 0; e < E; e++) {
        const int at = ENACTORS + e * ENACTOR_BITS, plan_at = at + PHASE_BITS;
        const u64 own = BIT(plan_at + PLAN_BITS);
        const vec phase = s >> at & ONES(PHASE_BITS);
        const vec plan = s >> plan_at & ONES(PLAN_BITS), tree = one << plan;
        const vec picks = behind & (vec)(phase == IDLE), acquires = lock_free & (vec)(phase == LOCKING);
        const vec builds = (vec)(phase == BUILDING), flips = (vec)(phase == FLIPPING);
        const vec releases = (vec)(phase == RELEASING), cleans = (vec)(phase > RELEASING);
        const vec steps[KINDS] = {none, picks, acquires, builds, flips, releases, cleans};
        for (int k = PICK_UP; k < KINDS; k++)
            c->taken[k] -= steps[k];

        /* What becomes of a flip; a stale one just goes on to RELEASING. */
        const vec lost = (builds | flips) & (vec)((s & own) == none);
        const vec tries = flips & ~lost & (IN_BATCH ? (vec)(plan > alias) : ~none);
        const vec built = tries & (vec)((s & tree) != none), unbuilt = tries & ~built;
        const vec done = built & answers, refused = built & ~answers;
        /* Success is the next phase; the other ways lead to idle or locking. */
        const vec onward = s + BIT(at), rest = s & ~(ONES(PHASE_BITS) << at), retry = rest | BIT(at);
        vec t = onward + ((newest - plan) << plan_at & picks) + ((flipped + (plan << ALIAS)) & done);
        t |= (own & acquires) | (tree & builds);
        t -= 2 * BIT(at) & unbuilt;
        t = pick(refused, retry & ~own, t);
        t = pick(lost, retry, t);
        /* Releasing is like cleaning at victim 0: is there a next victim? */
        const vec victim = (phase - RELEASING) & cleans;
        const vec more = (vec)(victim + (R + 1) < plan);
        const vec gone = (own & releases) | (one << victim & cleans);
        t = pick(releases | cleans, pick(more, onward, rest) & ~gone, t);
        out = emit(out, picks | acquires | builds | flips | releases | cleans, t);
    }
    return out;
}

static inline vec fold(vec s) { return s ^ s >> 32; }
static inline vec hash(vec s) { return fold(s * 0x9E3779B97F4A7C15ull) * 0xBF58476D1CE4E5B9ull; }
/* The home bucket's first slot: when the table doubles, it stays or moves up by the old size. */
static inline vec home(vec h, u64 slots) { return h >> 29 & (slots - 8); }

/* Double the table where it stands: a state at home stays in its bucket or goes to the same bucket
 * of the new half, one sequential pass.  Those that had overflowed wait in `spare`, and go last. */
static u64 grow(u64 *table, u64 slots, u64 *spare)
{
    u64 *end = spare, sink[1], zero = 0;
    for (u64 at = 0; at < slots; at += 8) {
        const vec x = load(table + at), to = home(hash(x), 2 * slots), used = (vec)(x != all(0));
        const vec stay = used & (vec)(to == at), move = used & (vec)(to == at + slots);
        store(table + at, pack(stay, x));
        store_far(table + slots + at, pack(move, x));
        end = emit(end, used & ~(stay | move), x);
    }
    for (; spare < end; spare++, zero = 0) {
        u64 at = home(hash(all(*spare)), 2 * slots)[0];
        while (!settle(table + at, *spare, sink, &zero))
            at = (at + 8) & (2 * slots - 8);
    }
    return 2 * slots;
}

/* Address space for so many words, backed by huge pages as it is touched. */
static u64 *reserve(u64 words)
{
    const uintptr_t huge = 2 << 20;
    char *p = mmap(NULL, words * sizeof(u64) + huge, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        exit((perror("mmap"), 1));
    p = (char *)(((uintptr_t)p + huge - 1) & ~(huge - 1));
    madvise(p, words * sizeof(u64), MADV_HUGEPAGE);     /* refused: slower, not wrong */
    return (u64 *)p;
}

int main(void)
{
    static u64 found[ROOM + 8], where[ROOM + 8], recent[1 << RECENT], level[DEPTHS + 1];
    u64 *const table = reserve(BIT(32)), *const queue = reserve(BIT(32));
    u64 slots = 1 << 16, count = 0, head = 0, transitions = 0, widest = 0;
    int depth = -1, empty = 0, unready = 0;
    struct timespec t0, t1;
    struct counts c = {0};
    clock_gettime(CLOCK_MONOTONIC, &t0);
    settle(table + home(hash(all(START)), slots)[0], START, queue, &count);
    while (head < count) {
        const u64 end = count;              /* of this level */
        if (++depth == DEPTHS)
            abort();
        level[depth] = head;
        while (head < end) {
            const u64 stop = end - head < BLOCK ? end : head + BLOCK;
            u64 *out = found, last[8], kept = 0;
            for (; head + 8 <= stop; head += 8)
                out = expand(queue + head, out, &c);
            if (head < stop) {
                store(last, all(INERT));
                for (int i = 0; head < stop; i++)
                    last[i] = queue[head++];
                out = expand(last, out, &c);
            }
            const u64 n = (u64)(out - found);
            while ((count + n) * 100 > slots * LOAD)
                slots = grow(table, slots, queue + count);

            /* Steps that commute reach one state from two neighbours in the queue: what went by
             * lately need not be looked up.  Lanes after the last successor repeat it, and drop. */
            store(out, all(n ? out[-1] : 0));
            for (u64 i = 0; i < n; i += 8) {
                const vec x = load(found + i), h = hash(x);
                u64 word[8], cell[8], to[8];
                store(word, x);
                store(cell, h >> 20 & ONES(RECENT));
                store(to, home(h, slots));
#pragma GCC unroll 8
                for (int j = 0; j < 8; j++) {
                    const u64 old = recent[cell[j]];
                    recent[cell[j]] = found[kept] = word[j];
                    where[kept] = to[j];
                    kept += old != word[j];
                }
            }

            /* Who meets a full bucket queues up again, so that the next one is prefetched too. */
            for (u64 i = 0; i < AHEAD && i < kept; i++)
                __builtin_prefetch(table + where[i], 1);
            for (u64 i = 0; i < kept; i++) {
                const u64 word = found[i % ROOM], at = where[i % ROOM];
                if (i + AHEAD < kept)
                    __builtin_prefetch(table + where[(i + AHEAD) % ROOM], 1);
                if (!settle(table + at, word, queue, &count)) {
                    found[kept % ROOM] = word;
                    where[kept++ % ROOM] = (at + 8) & (slots - 8);
                }
            }
        }
        empty = empty || !sum(c.no_answer) ? empty : depth;
        unready = unready || !sum(c.no_rollback) ? unready : depth;
    }
    clock_gettime(CLOCK_MONOTONIC, &t1);
    const double seconds = (double)(t1.tv_sec - t0.tv_sec) + 1e-9 * (double)(t1.tv_nsec - t0.tv_nsec);
    level[depth + 1] = count;
    for (int d = 0; d <= depth; d++)
        widest = level[d + 1] - level[d] > widest ? level[d + 1] - level[d] : widest;
    for (int k = 0; k < KINDS; k++)
        transitions += sum(c.taken[k]);
    printf("{\"distinct_states\": %llu, \"transitions\": %llu, \"depth\": %d, \"seconds\": %.6f, "
           "\"states_per_second\": %.0f, \"bytes_per_state\": %.1f, \"no_empty_answer\": %d, "
           "\"rollback_ready\": %d, \"violating_states\": [%llu, %llu], \"widest_level\": %llu, "
           "\"taken\": {", count, transitions, depth, seconds, (double)count / seconds,
           (double)((slots + count) * sizeof(u64)) / (double)count, empty, unready,
           sum(c.no_answer), sum(c.no_rollback), widest);
    for (int k = 0; k < KINDS; k++)
        printf("%s\"%s\": %llu", k ? ", " : "", names[k], sum(c.taken[k]));
    printf("}}\n");
    return 0;
}
