/* The mock provider's timers: a binary heap of connections by when they are due. Included by mockllm.c alone. */
#pragma once

static void hswap(int a, int b) {
    struct conn *t = heap[a];
    heap[a] = heap[b];
    heap[b] = t;
    heap[a]->hidx = a;
    heap[b]->hidx = b;
}
static void hup(int i) {
    while (i && heap[(i - 1) / 2]->due > heap[i]->due) {
        hswap(i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}
static void hdown(int i) {
    for (;;) {
        int l = 2 * i + 1, m = i;
        if (l < hn && heap[l]->due < heap[m]->due) m = l;
        if (l + 1 < hn && heap[l + 1]->due < heap[m]->due) m = l + 1;
        if (m == i) return;
        hswap(i, m);
        i = m;
    }
}
static void hset(struct conn *c, uint64_t due) {
    c->due = due;
    if (c->hidx < 0) {
        if (hn == hcap) {
            hcap = hcap ? hcap * 2 : 1024;
            heap = realloc(heap, hcap * sizeof *heap);
        }
        heap[hn] = c;
        c->hidx = hn++;
        hup(c->hidx);
    } else {
        hup(c->hidx);
        hdown(c->hidx);
    }
}
static void hdel(struct conn *c) {
    int i = c->hidx;
    if (i < 0) return;
    c->hidx = -1;
    if (i != --hn) {
        heap[i] = heap[hn];
        heap[i]->hidx = i;
        hup(i);
        hdown(heap[i]->hidx);
    }
}
