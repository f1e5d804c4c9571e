/*
 * dynamodb_dns.c - how far is the limit?
 *
 * An exhaustive breadth-first search of one model, written by hand for one core: the DNS automation
 * as deployed, with one endpoint; with -DIN_BATCH=1 a flip's batch checks again that the plan is
 * newer.  It is a yardstick for the general checker, not a tool: it knows this model only.
 *
 *     cc -O3 -march=native -DE=3 -DP=4 -DR=1 dynamodb_dns.c -o dynamodb_dns
 *
 * E enactors, P plans, retention R.  It prints one line of JSON.  The search is exact: whole states
 * are compared, none is reduced away, every enabled step of every state is counted.  E=3 P=4 must
 * give 25483 states, 58967 transitions, depth 35; with IN_BATCH 13823, 28558, 32.
 *
 * What makes it fast: eight states are stepped at a time, without a branch; a small cache of recent
 * successors drops most duplicates before they cost a cache miss; a bucket of the table is one cache
 * line, prefetched and compared at once; the table doubles in place in one sequential pass.  Without
 * AVX-512 the same code takes two to three times as long.
 */
#define _GNU_SOURCE
#include <inttypes.h>
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

typedef uint64_t u64;
typedef u64 vec __attribute__((vector_size(64)));               /* 8 states */
typedef u64 loose __attribute__((vector_size(64), aligned(8), may_alias));

/*
 * A state is one word, from the lowest bit: a one (so that no state is 0, the empty slot); bit p, the
 * tree of plan p; alias, rollback, newest; then for each enactor its phase, its plan, and whether the
 * lock is its own.  With one endpoint there is a victim only while cleaning, so phase and victim are
 * one number: RELEASING + v is "cleaning, at victim v".
 */
enum { IDLE, LOCKING, BUILDING, FLIPPING, RELEASING };
#define BITS(max) ((max) < 2 ? 1 : (max) < 4 ? 2 : (max) < 8 ? 3 : (max) < 16 ? 4 : 5)
#define ONES(bits) ((UINT64_C(1) << (bits)) - 1)
#define BIT(at) (UINT64_C(1) << (at))
enum {
    PLAN_BITS = BITS(P), PHASE_BITS = BITS(RELEASING + (P - 1 > R ? P - 1 - R : 0)),
    ENACTOR_BITS = PHASE_BITS + PLAN_BITS + 1,
    ALIAS = 1 + P, ROLLBACK = ALIAS + PLAN_BITS, NEWEST = ROLLBACK + PLAN_BITS,
    ENACTORS = NEWEST + PLAN_BITS, STATE_BITS = ENACTORS + E * ENACTOR_BITS
};
_Static_assert(E >= 1 && P >= 1 && P <= 31 && R >= 0, "parameters out of range");
_Static_assert(STATE_BITS <= 63, "a state must fit into 63 bits");
#define PLANS(n) ((u64)(n) << ALIAS | (u64)(n) << ROLLBACK | (u64)(n) << NEWEST)
#define INERT (ONES(1 + P) | PLANS(P))      /* breaks nothing, has no steps */

enum { PUBLISH, PICK_UP, ACQUIRE, BUILD, FLIP, RELEASE, CLEAN, KINDS };
static const char *const names[] = {"publish", "pick_up", "acquire", "build", "flip", "release", "clean"};

/* Counters, one per lane: to count a step is to subtract its mask, -1 or 0. */
struct counts { vec taken[KINDS], no_answer, no_rollback; };

enum {
    BLOCK = 1024,       /* states expanded before their successors go in; 256 to 4096 do as well */
    AHEAD = 32,         /* look-ups between a prefetch and its use; 16 to 48 do as well */
    RECENT = 13,        /* log2 of the words in the cache of recent successors; 12 to 15 */
    LOAD = 70,          /* the table doubles at this load, in percent; 50 is 10 % faster */
    ROOM = BLOCK * (E + 1) * 3 / 2, DEPTHS = 4096
};

static inline vec load(const u64 *p) { return *(const loose *)p; }
static inline void store(u64 *p, vec x) { *(loose *)p = x; }
static inline vec all(u64 x) { return (vec){x, x, x, x, x, x, x, x}; }
static inline vec pick(vec mask, vec a, vec b) { return (a & mask) | (b & ~mask); }
static u64 sum(vec x) { return x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7]; }

/* pack: the chosen lanes moved to the front, zeros behind them.  lanes: how many are chosen.  slot: the
 * first of eight that is empty or holds the word, else 8.  store_far: a line not needed again soon. */
#ifdef __AVX512DQ__
#include <immintrin.h>
#define MASK(m) _mm512_movepi64_mask((__m512i)(m))
#define pack(m, x) ((vec)_mm512_maskz_compress_epi64(MASK(m), (__m512i)(x)))
/* Shifted, because gcc 12 can spill a mask as one byte and then count the bits of four. */
#define lanes(m) _mm_popcnt_u64((u64)MASK(m) << 56)
#define store_far(p, x) _mm512_stream_si512((void *)(p), (__m512i)(x))
static inline unsigned slot(const u64 *bucket, u64 word)
{
    const __m512i x = _mm512_load_si512(bucket), w = _mm512_set1_epi64((long long)word);
    return __builtin_ctz(256u | _mm512_cmpeq_epi64_mask(x, w) | _mm512_testn_epi64_mask(x, x));
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
static inline unsigned slot(const u64 *bucket, u64 word)
{
    unsigned i = 0;
    while (i < 8 && bucket[i] != 0 && bucket[i] != word)
        i++;
    return i;
}
#endif

/* Append the chosen lanes; what lies in the eight words there is lost. */
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
    u64 locks = 0;
    for (int e = 1; e <= E; e++)
        locks |= BIT(ENACTORS + e * ENACTOR_BITS - 1);
    const vec lock_free = (vec)((s & locks) == none), behind = (vec)(alias < newest);
    const vec answers = (vec)((s >> alias & 1) != none);

    /* The invariants; every distinct state passes here exactly once. */
    c->no_answer -= ~answers;
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

        const vec picks = (vec)(phase == IDLE) & behind;
        const vec acquires = (vec)(phase == LOCKING) & lock_free;
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

static inline vec hash(vec s)               /* multiply, fold, multiply */
{
    s *= UINT64_C(0x9E3779B97F4A7C15);
    s ^= s >> 32;
    return s * UINT64_C(0xBF58476D1CE4E5B9);
}

/* The home bucket's first slot: when the table doubles, it stays or moves up by the old size. */
static inline vec home(vec h, u64 slots) { return h >> 29 & (slots - 8); }

/*
 * Look a word up in one bucket; a new one is put there and appended to the queue.  False: the bucket
 * is full of others.  Nothing is ever deleted, so buckets fill from the front, and the first slot that
 * is empty or equal decides.  To write in both cases is harmless and saves a coin toss of a branch.
 */
static inline int settle(u64 *bucket, u64 word, u64 *queue, u64 *count)
{
    const unsigned i = slot(bucket, word);
    if (__builtin_expect(i == 8, 0))
        return 0;
    const int fresh = bucket[i] == 0;
    bucket[i] = queue[*count] = word;
    *count += fresh;
    return 1;
}

/* Double the table where it stands: a state at home stays in its bucket or goes to the same bucket of
 * the new half, one sequential pass.  Those that had overflowed wait in `spare` and go in last. */
static void grow(u64 *table, u64 slots, u64 *spare)
{
    u64 *end = spare;
    for (u64 at = 0; at < slots; at += 8) {
        const vec x = load(table + at), to = home(hash(x), 2 * slots), used = (vec)(x != all(0));
        const vec stay = used & (vec)(to == at), move = used & (vec)(to == at + slots);
        store(table + at, pack(stay, x));
        store_far(table + slots + at, pack(move, x));
        end = emit(end, used & ~(stay | move), x);
    }
    for (; spare < end; spare++) {
        u64 at = home(hash(all(*spare)), 2 * slots)[0], sink[1], zero = 0;
        while (!settle(table + at, *spare, sink, &zero))
            at = (at + 8) & (2 * slots - 8);
    }
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

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void print_depth(const char *name, int depth)
{
    printf(depth < 0 ? ", \"%s\": null" : ", \"%s\": %d", name, depth);
}

int main(void)
{
    static u64 found[ROOM + 8], where[ROOM + 8], recent[1 << RECENT], level[DEPTHS + 1];
    u64 *const table = reserve(BIT(32)), *const queue = reserve(BIT(32));
    u64 slots = 1 << 16, count = 0, head = 0, transitions = 0, widest = 0;
    u64 start = BIT(0) | BIT(1) | PLANS(1);
    int depth = -1, empty = -1, unready = -1;
    struct counts c = {0};
    for (int e = 0; e < E; e++)             /* idle, with plan 1 */
        start |= BIT(ENACTORS + e * ENACTOR_BITS + PHASE_BITS);

    const double began = now();
    settle(table + home(hash(all(start)), slots)[0], start, queue, &count);
    while (head < count) {
        const u64 end = count;              /* of this level */
        if (++depth == DEPTHS)
            abort();
        level[depth] = head;
        while (head < end) {
            const u64 stop = end - head < BLOCK ? end : head + BLOCK;
            u64 *out = found, kept = 0;
            for (; head + 8 <= stop; head += 8)
                out = expand(queue + head, out, &c);
            if (head < stop) {
                u64 last[8];
                store(last, all(INERT));
                for (int i = 0; head < stop; i++)
                    last[i] = queue[head++];
                out = expand(last, out, &c);
            }
            const u64 n = (u64)(out - found);
            while ((count + n) * 100 > slots * LOAD) {
                grow(table, slots, queue + count);
                slots *= 2;
            }

            /* Steps that commute reach one state from two neighbours in the queue.  What went by
             * lately need not be looked up; what was forgotten is merely looked up again.  The
             * lanes after the last successor repeat it, and are dropped for that. */
            if (n)
                store(out, all(out[-1]));
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

            /* Look the rest up.  Who meets a full bucket queues up again for the next one, so that
             * it, too, is prefetched in time. */
            for (u64 i = 0; i < AHEAD && i < kept; i++)
                __builtin_prefetch(table + where[i], 1);
            for (u64 i = 0; i < kept; i++) {
                u64 at = where[i];
                if (i + AHEAD < kept)
                    __builtin_prefetch(table + where[i + AHEAD], 1);
                while (!settle(table + at, found[i], queue, &count)) {
                    at = (at + 8) & (slots - 8);
                    if (kept < ROOM) {
                        found[kept] = found[i];
                        where[kept++] = at;
                        break;
                    }
                }
            }
        }
        if (empty < 0 && sum(c.no_answer))
            empty = depth;
        if (unready < 0 && sum(c.no_rollback))
            unready = depth;
    }
    const double seconds = now() - began;

    level[depth + 1] = count;
    for (int d = 0; d <= depth; d++)
        widest = level[d + 1] - level[d] > widest ? level[d + 1] - level[d] : widest;
    for (int k = 0; k < KINDS; k++)
        transitions += sum(c.taken[k]);
    printf("{\"distinct_states\": %" PRIu64 ", \"transitions\": %" PRIu64 ", \"depth\": %d, "
           "\"seconds\": %.6f, \"states_per_second\": %.0f, \"bytes_per_state\": %.1f",
           count, transitions, depth, seconds, (double)count / seconds,
           (double)((slots + count) * sizeof(u64)) / (double)count);
    print_depth("no_empty_answer", empty);
    print_depth("rollback_ready", unready);
    printf(", \"violating_states\": [%" PRIu64 ", %" PRIu64 "], \"widest_level\": %" PRIu64
           ", \"taken\": {", sum(c.no_answer), sum(c.no_rollback), widest);
    for (int k = 0; k < KINDS; k++)
        printf("%s\"%s\": %" PRIu64, k ? ", " : "", names[k], sum(c.taken[k]));
    printf("}}\n");
    return 0;
}
