/* mockllm: a mock provider of OpenAI's API. Epoll; one thread per process, --workers processes share the port.
 *
 *   --port P --workers N --chunks N --delay-us D --first-us D --status S --die-after N
 *
 * The last five can be set for one request by headers (x-mock-chunks, x-mock-delay-us …), and for all that follow by
 * GET /__mock/set?chunks=50&delay_us=20000. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NTOK 64
struct params {
    int chunks, status;
    long delay_us, first_us;
    int die_after;
};
static struct params dflt = {16, 0, 0, 0, -1};

enum { S_READ, S_STREAM, S_WAIT1 }; /* S_WAIT1: non-stream answer delayed by first_us */
struct conn {
    int fd;
    int state;
    int hidx; /* heap index, -1 = none */
    char *in;
    uint32_t in_len, in_cap;
    uint64_t due;
    struct params p;
    int step, total, usage, close_after, stream, rr;
    char *out;
    uint32_t out_len, out_off; /* unsent remainder */
    char want_out, dead, ready;
    struct conn *rnext;
};

static int ep;
static struct conn **heap;
static int hn, hcap;
static char *ck_tok[NTOK];
static int ck_tok_len[NTOK];
static char *ck_role, *ck_fin, *ck_usage, *ck_done, *hdr_stream, *full;
static int ck_role_len, ck_fin_len, ck_usage_len, ck_done_len, hdr_stream_len, full_len;
static char *models;
static int models_len;
static char *okj;
static int okj_len;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}
#include "mock_timers.h"
#include "mock_answers.h"

static struct conn *freelist[65536];
static int nfree; /* freed at the end of the loop turn */
static void kill_conn(struct conn *c) {
    if (c->dead) return;
    c->dead = 1;
    hdel(c);
    close(c->fd);
    free(c->in);
    free(c->out);
    c->in = c->out = NULL;
    if (nfree < 65536) freelist[nfree++] = c;
}
static void want(struct conn *c, int out) {
    if (c->want_out == out) return;
    c->want_out = out;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | (out ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static int send_all(struct conn *c, const char *b, int n) { /* 0 ok, 1 pending, -1 dead */
    if (!c->out) {
        ssize_t w = send(c->fd, b, n, MSG_NOSIGNAL);
        if (w == n) return 0;
        if (w < 0) {
            if (errno != EAGAIN) {
                kill_conn(c);
                return -1;
            }
            w = 0;
        }
        b += w;
        n -= w;
    }
    char *o = malloc(c->out_len - c->out_off + n);
    int k = c->out_len - c->out_off;
    if (k) memcpy(o, c->out + c->out_off, k);
    memcpy(o + k, b, n);
    free(c->out);
    c->out = o;
    c->out_len = k + n;
    c->out_off = 0;
    want(c, 1);
    return 1;
}
static int flush_out(struct conn *c) {
    while (c->out) {
        ssize_t w = send(c->fd, c->out + c->out_off, c->out_len - c->out_off, MSG_NOSIGNAL);
        if (w < 0) {
            if (errno == EAGAIN) return 1;
            kill_conn(c);
            return -1;
        }
        c->out_off += w;
        if (c->out_off == c->out_len) {
            free(c->out);
            c->out = NULL;
            c->out_len = c->out_off = 0;
        }
    }
    want(c, 0);
    return 0;
}
static void parse_more(struct conn *c);
static void finish_req(struct conn *c) {
    c->state = S_READ;
    if (c->close_after && !c->out) kill_conn(c);
    else parse_more(c);
}

/* produce stream pieces.  With delay 0 runs to the end (or until the socket is full). */
static void produce(struct conn *c) {
    uint64_t now = c->p.delay_us || c->p.first_us ? now_ns() : 0;
    while (!c->dead && c->state == S_STREAM && !c->out) {
        if (c->p.die_after >= 0 && c->step >= c->p.die_after + 1) {
            kill_conn(c);
            return;
        }
        int s = c->step++;
        int r;
        if (s == 0) r = send_all(c, ck_role, ck_role_len);
        else if (s <= c->p.chunks) r = send_all(c, ck_tok[s % NTOK], ck_tok_len[s % NTOK]);
        else {
            r = send_all(c, ck_fin, ck_fin_len);
            if (r >= 0 && c->usage) r = send_all(c, ck_usage, ck_usage_len);
            if (r >= 0) r = send_all(c, ck_done, ck_done_len);
            if (r >= 0) {
                hdel(c);
                finish_req(c);
            }
            return;
        }
        if (r < 0) return;
        if (c->p.delay_us) {
            uint64_t d = c->due + c->p.delay_us * 1000ull;
            if (d > now) {
                hset(c, d);
                return;
            }
            c->due = d;
        }
    }
    if (!c->dead && c->state == S_STREAM && c->out) hdel(c); /* resumed by EPOLLOUT */
}
static void answer_full(struct conn *c) {
    int r;
    if (c->p.status && c->p.status != 200) {
        char b[1024], j[512];
        int jl = snprintf(j, sizeof j,
                          "{\"error\":{\"message\":\"mock error %d\",\"type\":\"%s\",\"param\":null,\"code\":%s}}",
                          c->p.status,
                          c->p.status == 429   ? "rate_limit_error"
                          : c->p.status >= 500 ? "server_error"
                                               : "invalid_request_error",
                          c->p.status == 429 ? "\"rate_limit_exceeded\"" : "null");
        int n = snprintf(
            b, sizeof b,
            "HTTP/1.1 %d %s\r\nserver: mockllm\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n%s",
            c->p.status, c->p.status == 429 ? "Too Many Requests" : "Mock Error",
            c->p.status == 429 ? "retry-after: 1\r\n" : "", jl, j);
        r = send_all(c, b, n);
    } else if (c->p.die_after >= 0) {
        send_all(c, full, full_len / 2);
        if (!c->dead) kill_conn(c);
        return;
    } else r = send_all(c, full, full_len);
    if (r >= 0) finish_req(c);
}
static int ieq(const char *a, const char *b, int n) { return !strncasecmp(a, b, n); }
static int has_true(const char *b, size_t n, const char *key) {
    size_t kl = strlen(key);
    const char *p = b, *e = b + n;
    while ((p = memmem(p, e - p, key, kl))) {
        const char *q = p + kl;
        while (q < e && isspace((unsigned char)*q)) q++;
        if (q < e && *q == ':') {
            q++;
            while (q < e && isspace((unsigned char)*q)) q++;
            if (e - q >= 4 && !memcmp(q, "true", 4)) return 1;
        }
        p += kl;
    }
    return 0;
}
static void start_req(struct conn *c, int is_post, const char *path, int plen, const char *body, size_t blen) {
    if (!is_post && plen > 11 &&
        !memcmp(path, "/__mock/set", 11)) { /* GET /__mock/set?chunks=50&delay_us=20000 : change the process defaults */
        struct {
            const char *k;
            int *i;
            long *l;
        } t[] = {{"chunks=", &dflt.chunks, 0},
                 {"delay_us=", 0, &dflt.delay_us},
                 {"first_us=", 0, &dflt.first_us},
                 {"status=", &dflt.status, 0},
                 {"die_after=", &dflt.die_after, 0}};
        for (int i = 0; i < 5; i++) {
            char *q = memmem(path, plen, t[i].k, strlen(t[i].k));
            if (q) {
                long v = atol(q + strlen(t[i].k));
                if (t[i].i) *t[i].i = v;
                else *t[i].l = v;
            }
        }
    }
    if (!is_post) {
        int r = (plen >= 7 && memmem(path, plen, "/models", 7)) ? send_all(c, models, models_len)
                                                                : send_all(c, okj, okj_len);
        if (r >= 0) c->state = S_READ;
        return;
    }
    c->stream = has_true(body, blen, "\"stream\"");
    c->usage = c->stream && memmem(body, blen, "\"include_usage\"", 15) != NULL;
    if (c->stream && !(c->p.status && c->p.status != 200)) {
        c->state = S_STREAM;
        c->step = 0;
        if (c->p.first_us == 0) {
            c->due = c->p.delay_us ? now_ns() : 0;
            if (send_all(c, hdr_stream, hdr_stream_len) < 0) return; /* header first, as uvicorn does */
        } else {
            hset(c, now_ns() + c->p.first_us * 1000ull);
            c->rr = 1;
        }
    } else {
        c->state = S_WAIT1;
        c->due = 0;
        if (c->p.first_us) hset(c, now_ns() + c->p.first_us * 1000ull);
    }
}
/* try to take one request from c->in; returns 1 if one was started */
static int try_req(struct conn *c) {
    if (c->in_len < 16) return 0;
    char *he = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!he) {
        if (c->in_len > 65536) kill_conn(c);
        return 0;
    }
    size_t hl = he + 4 - c->in;
    long cl = 0;
    int chunked = 0, expect = 0;
    c->p = dflt;
    c->close_after = 0;
    char *le = memchr(c->in, '\r', hl);
    int is_post = c->in[0] == 'P';
    char *sp = memchr(c->in, ' ', le - c->in);
    if (!sp) {
        kill_conn(c);
        return 0;
    }
    char *path = sp + 1;
    char *pe = memchr(path, ' ', le - path);
    int plen = pe ? pe - path : 0;
    int http10 = le[-1] == '0';
    if (http10) c->close_after = 1;
    for (char *l = le + 2; l < he;) {
        char *e = memmem(l, he + 2 - l, "\r\n", 2);
        int n = e - l;
        switch (l[0] | 32) {
        case 'c':
            if (n > 15 && ieq(l, "content-length:", 15)) cl = atol(l + 15);
            else if (n > 11 && ieq(l, "connection:", 11)) {
                char *v = l + 11;
                while (*v == ' ') v++;
                if (ieq(v, "close", 5)) c->close_after = 1;
                else if (http10 && ieq(v, "keep-alive", 10)) c->close_after = 0;
            }
            break;
        case 't':
            if (n > 18 && ieq(l, "transfer-encoding:", 18) && memmem(l, n, "chunked", 7)) chunked = 1;
            break;
        case 'e':
            if (n > 7 && ieq(l, "expect:", 7)) expect = 1;
            break;
        case 'x':
            if (n > 7 && ieq(l, "x-mock-", 7)) {
                char *k = l + 7;
                char *col = memchr(l, ':', n);
                if (col) {
                    long v = atol(col + 1);
                    if (ieq(k, "chunks", 6)) c->p.chunks = v;
                    else if (ieq(k, "delay-us", 8)) c->p.delay_us = v;
                    else if (ieq(k, "first-us", 8)) c->p.first_us = v;
                    else if (ieq(k, "status", 6)) c->p.status = v;
                    else if (ieq(k, "die-after", 9)) c->p.die_after = v;
                }
            }
            break;
        }
        l = e + 2;
    }
    size_t used;
    char *body = c->in + hl;
    size_t blen;
    char *tmp = NULL;
    if (chunked) { /* decode into tmp; wait until whole */
        char *p = body, *e = c->in + c->in_len;
        size_t o = 0;
        tmp = malloc(e - body + 1);
        for (;;) {
            char *nl = memmem(p, e - p, "\r\n", 2);
            if (!nl) goto more;
            long k = strtol(p, NULL, 16);
            p = nl + 2;
            if (k == 0) {
                if (e - p < 2) goto more;
                if (p[0] == '\r') {
                    p += 2;
                    break;
                }
                char *t = memmem(p, e - p, "\r\n\r\n", 4);
                if (!t) goto more;
                p = t + 4;
                break;
            }
            if (e - p < k + 2) goto more;
            memcpy(tmp + o, p, k);
            o += k;
            p += k + 2;
        }
        used = p - c->in;
        body = tmp;
        blen = o;
    } else {
        if (c->in_len < hl + cl) {
            if (expect && c->in_len == hl) send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
            if (c->in_cap < hl + cl) {
                c->in_cap = hl + cl + 1;
                c->in = realloc(c->in, c->in_cap);
            }
            return 0;
        }
        used = hl + cl;
        blen = cl;
    }
    start_req(c, is_post, path, plen, body, blen);
    free(tmp);
    if (c->dead) return 1;
    if (used < c->in_len) memmove(c->in, c->in + used, c->in_len - used);
    c->in_len -= used;
    if (!c->in_len && c->in_cap > 16384) {
        free(c->in);
        c->in = NULL;
        c->in_cap = 0;
    }
    return 1;
more:
    if (expect && c->in_len == hl) send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
    free(tmp);
    return 0;
}
static void parse_more(struct conn *c) { /* iterative enough: depth = pipelined requests */
    if (c->dead || c->state != S_READ || c->out) return;
    if (!try_req(c) || c->dead) return;
    if (c->state == S_STREAM && !c->rr) {
        produce(c);
    } else if (c->state == S_WAIT1 && c->due == 0) answer_full(c);
    else if (c->state == S_READ) {
        if (c->close_after && !c->out) kill_conn(c);
        else if (c->in_len) parse_more(c);
    }
}
static void on_timer(struct conn *c) {
    if (c->state == S_WAIT1) {
        hdel(c);
        answer_full(c);
        return;
    }
    if (c->state != S_STREAM) {
        hdel(c);
        return;
    }
    if (c->rr) {
        c->rr = 0;
        if (!c->p.delay_us) hdel(c);
        if (send_all(c, hdr_stream, hdr_stream_len) < 0) return;
    }
    produce(c);
}
static void on_read(struct conn *c) {
    for (;;) {
        if (c->in_cap - c->in_len < 4096) {
            c->in_cap = c->in_cap ? c->in_cap * 2 : 4096;
            if (c->in_cap - c->in_len < 4096) c->in_cap += 4096;
            c->in = realloc(c->in, c->in_cap);
        }
        size_t room = c->in_cap - c->in_len;
        ssize_t r = recv(c->fd, c->in + c->in_len, room, 0);
        if (r == 0) {
            kill_conn(c);
            return;
        }
        if (r < 0) {
            if (errno == EAGAIN || errno == EINTR) return;
            kill_conn(c);
            return;
        }
        c->in_len += r;
        parse_more(c);
        if (c->dead || (size_t)r < room) return;
    }
}
static volatile int stop;
static void onsig(int s) {
    (void)s;
    stop = 1;
}
static int workers_g = 1;
static int worker(int port) {
    int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (workers_g > 1)
        setsockopt(ls, SOL_SOCKET, SO_REUSEPORT, &one,
                   sizeof one); /* only when needed: it would let a stranger share the port */
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 16384)) {
        perror("mockllm: bind/listen");
        return 1;
    }
    ep = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(ep, EPOLL_CTL_ADD, ls, &e);
    static struct epoll_event ev[512];
    while (!stop) {
        struct timespec ts, *tp = NULL;
        if (hn) {
            uint64_t n = now_ns(), d = heap[0]->due;
            d = d > n ? d - n : 0;
            ts.tv_sec = d / 1000000000;
            ts.tv_nsec = d % 1000000000;
            tp = &ts;
        }
        int n = epoll_pwait2(ep, ev, 512, tp, NULL);
        if (n < 0 && errno != EINTR) {
            perror("epoll");
            return 1;
        }
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (!c) {
                for (int k = 0; k < 256; k++) {
                    int fd = accept4(ls, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                    if (fd < 0) break;
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    c = calloc(1, sizeof *c);
                    c->fd = fd;
                    c->hidx = -1;
                    struct epoll_event ce = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
                    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ce);
                }
                continue;
            }
            if (c->dead) continue;
            if (ev[i].events & EPOLLOUT) {
                if (flush_out(c) == 0) {
                    if (c->state == S_STREAM && !c->rr) {
                        if (c->hidx < 0) {
                            if (c->p.delay_us) c->due = now_ns();
                            produce(c);
                        }
                    } else if (c->state == S_READ) {
                        if (c->close_after) kill_conn(c);
                        else parse_more(c);
                    }
                }
            }
            if (!c->dead && (ev[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))) on_read(c);
        }
        if (hn) {
            uint64_t t = now_ns();
            while (hn && heap[0]->due <= t) {
                struct conn *c = heap[0];
                uint64_t d0 = c->due;
                on_timer(c);
                if (!c->dead && c->hidx >= 0 && c->due == d0) hdel(c);
            }
        }
        for (int i = 0; i < nfree; i++) free(freelist[i]);
        nfree = 0;
    }
    return 0;
}
int main(int argc, char **argv) {
    int port = 26400, workers = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        char *k = argv[i];
        long v = atol(argv[i + 1]);
        if (!strcmp(k, "--port")) port = v;
        else if (!strcmp(k, "--workers")) workers = v;
        else if (!strcmp(k, "--chunks")) dflt.chunks = v;
        else if (!strcmp(k, "--delay-us")) dflt.delay_us = v;
        else if (!strcmp(k, "--first-us")) dflt.first_us = v;
        else if (!strcmp(k, "--status")) dflt.status = v;
        else if (!strcmp(k, "--die-after")) dflt.die_after = v;
        else {
            fprintf(stderr, "unknown %s\n", k);
            return 2;
        }
    }
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    signal(SIGPIPE, SIG_IGN);
    struct sigaction sa = {.sa_handler = onsig};
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    prepare();
    workers_g = workers;
    for (int i = 1; i < workers; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            return worker(port);
        }
    return worker(port);
}
