/* Time, and histograms of times. Log-linear: 128 sub-buckets per octave, an error below 0.8 %. */
#pragma once
#include <math.h>
#include <stdint.h>
#include <time.h>

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

#define SUB 7
struct hist {
    uint64_t n, max;
    double sum;
    uint64_t b[64 << SUB];
};
static void hadd(struct hist *h, uint64_t v) {
    h->n++;
    h->sum += v;
    if (v > h->max) h->max = v;
    int i;
    if (v < (1 << SUB)) i = v;
    else {
        int m = 63 - __builtin_clzll(v) - SUB;
        i = ((m + 1) << SUB) + (int)((v >> m) - (1 << SUB));
    }
    h->b[i]++;
}
static double hq(struct hist *h, double q) {
    if (!h->n) return 0;
    uint64_t want = ceil(q * h->n), c = 0;
    if (!want) want = 1;
    for (int i = 0; i < 64 << SUB; i++) {
        c += h->b[i];
        if (c >= want) {
            double r;
            if (i < (1 << SUB)) r = i;
            else {
                int m = (i >> SUB) - 1;
                r = (double)((uint64_t)((i & ((1 << SUB) - 1)) + (1 << SUB)) << m) + (m ? (1ull << m) / 2.0 : 0);
            }
            return r > h->max ? h->max : r;
        }
    }
    return h->max;
}
