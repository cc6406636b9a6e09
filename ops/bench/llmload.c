/* llmload: a load generator for OpenAI-compatible servers on loopback. One thread, epoll, plain or TLS.
 *
 *   --url URL --body FILE --key KEY -H 'name: value'
 *   -c CONNECTIONS (-n REQUESTS | -t SECONDS)   closed loop; --stagger S spreads the first requests over S seconds
 *   --rate R                                    open loop: R requests a second, latency counted from when each was due
 *   --connections-only K --ramp R --hold S      opens K streams, prints a line, holds them, reports
 *   --handshake-only --tls --tls12 --close --timeout S --expect-events N
 *
 * Prints one line of JSON: rates, percentiles of latency, first event and gap, bytes, and errors by cause. */
#define _GNU_SOURCE
#include "load_state.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void next(struct conn *c);
static void setev(struct conn *c, uint32_t e) {
    if (c->evs == e) return;
    struct epoll_event v = {.events = e, .data.ptr = c};
    epoll_ctl(ep, c->evs ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &v);
    c->evs = e;
}
static void shut(struct conn *c) {
    if (c->ssl) {
        SSL_set_quiet_shutdown(c->ssl, 0);
        if (c->state >= C_IDLE) SSL_shutdown(c->ssl);
        SSL_free(c->ssl);
        c->ssl = NULL;
        ERR_clear_error();
    }
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    c->evs = 0;
    c->state = C_CLOSED;
}
static void fin(struct conn *c, int e) { /* request over: e<0 ok */
    n_done++;
    inflight--;
    if (e >= 0) {
        err[e]++;
        shut(c);
    } else n_ok++;
}
static void fail(struct conn *c, int e) {
    fin(c, e);
    next(c);
}
static void release(struct conn *c) {
    if (!c->infree) {
        c->infree = 1;
        c->nfree = freel;
        freel = c;
    }
}

static void do_write(struct conn *c);
static void start(struct conn *c, uint64_t due) { /* begin one request on this connection slot */
    n_started++;
    inflight++;
    c->t_start = due;
    c->t_last = 0;
    c->wr = 0;
    c->ps = P_HDR;
    c->hl = 0;
    c->got = 0;
    c->firstc = c->lastc = 0;
    c->ev_count = 0;
    c->done = 0;
    c->sse = 0;
    c->lpos = 0;
    c->bad = 0;
    c->status = 0;
    c->ckl = 0;
    if (c->state == C_CLOSED) {
        c->reused = 0;
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        int one = 1;
        if (c->fd < 0) {
            fail(c, E_CONNECT);
            return;
        }
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        c->t_conn = now_ns();
        n_conn++;
        int r = connect(c->fd, (void *)&addr, sizeof addr);
        if (r && errno != EINPROGRESS) {
            fail(c, E_CONNECT);
            return;
        }
        c->state = C_CONNECTING;
        setev(c, EPOLLIN | EPOLLOUT);
    } else {
        c->reused = 1;
        c->state = C_BUSY;
        do_write(c);
    }
}
static void next(struct conn *c) {
    if (!stopping && N >= 0 && (long)n_started >= N) stopping = 1;
    if (conns_only) return;
    if (rate > 0) {
        if (qh != qt) {
            uint64_t d = queue[qh++ % qcap];
            start(c, d);
        } else release(c);
        return;
    }
    if (!stopping) {
        uint64_t n = now_ns();
        if (t_end && n >= t_end) {
            stopping = 1;
            return;
        }
        static int depth;
        if (depth > 3) {
            release(c);
            return;
        }
        depth++;
        start(c, n);
        depth--;
    }
}

#include "load_answers.h"

static ssize_t io_read(struct conn *c, char *b, size_t n) { /* -1 again, -2 error, 0 eof */
    if (c->ssl) {
        ERR_clear_error();
        int r = SSL_read(c->ssl, b, n);
        if (r > 0) return r;
        int x = SSL_get_error(c->ssl, r);
        if (x == SSL_ERROR_WANT_READ || x == SSL_ERROR_WANT_WRITE) return -1;
        if (x == SSL_ERROR_ZERO_RETURN) return 0;
        ERR_clear_error();
        return -2;
    }
    ssize_t r = recv(c->fd, b, n, 0);
    if (r >= 0) return r;
    return errno == EAGAIN ? -1 : -2;
}
static void do_write(struct conn *c) {
    while (c->wr < reqlen) {
        ssize_t w;
        if (c->ssl) {
            ERR_clear_error();
            w = SSL_write(c->ssl, req + c->wr, reqlen - c->wr);
            if (w <= 0) {
                int x = SSL_get_error(c->ssl, w);
                if (x == SSL_ERROR_WANT_WRITE || x == SSL_ERROR_WANT_READ) {
                    setev(c, EPOLLIN | EPOLLOUT);
                    return;
                }
                ERR_clear_error();
                fail(c, c->reused ? E_STALE : E_RESET);
                return;
            }
        } else {
            w = send(c->fd, req + c->wr, reqlen - c->wr, MSG_NOSIGNAL);
            if (w < 0) {
                if (errno == EAGAIN) {
                    setev(c, EPOLLIN | EPOLLOUT);
                    return;
                }
                fail(c, c->reused ? E_STALE : E_RESET);
                return;
            }
        }
        c->wr += w;
        bytes_out += w;
    }
    setev(c, EPOLLIN);
}
static char rb[262144];
static void do_read(struct conn *c) {
    for (;;) {
        ssize_t r = io_read(c, rb, sizeof rb);
        if (r == -1) return;
        if (c->state == C_IDLE) {
            if (r <= 0) {
                shut(c);
            } else {
                err[E_HTTP]++;
                shut(c);
            }
            return;
        }
        uint64_t now = now_ns();
        if (r <= 0) {
            if (c->ps == P_EOF && r == 0) {
                finish_ok(c);
                return;
            }
            fail(c, c->ps == P_HDR && !c->hl && c->reused ? E_STALE : r == 0 ? E_EARLY : E_RESET);
            return;
        }
        bytes_in += r;
        int f = feed(c, rb, r, now);
        if (f < 0) {
            fail(c, E_HTTP);
            return;
        }
        if (f) {
            finish_ok(c);
            return;
        }
        if (!c->ssl && (size_t)r < sizeof rb) return;
    }
}
static void connected(struct conn *c) {
    if (!use_tls) {
        c->state = C_BUSY;
        do_write(c);
        return;
    }
    c->ssl = SSL_new(ctx);
    SSL_set_fd(c->ssl, c->fd);
    SSL_set_tlsext_host_name(c->ssl, "localhost");
    SSL_set_connect_state(c->ssl);
    c->state = C_TLS;
}
static void on_ev(struct conn *c, uint32_t ev) {
    if (c->state == C_CONNECTING) {
        int e = 0;
        socklen_t l = sizeof e;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l);
        if (e) {
            fail(c, E_CONNECT);
            return;
        }
        if (!(ev & EPOLLOUT)) return;
        connected(c);
        if (c->state != C_TLS) return;
    }
    if (c->state == C_TLS) {
        ERR_clear_error();
        int r = SSL_do_handshake(c->ssl);
        if (r == 1) {
            n_hs++;
            hadd(h_hs, now_ns() - c->t_conn);
            c->state = C_BUSY;
            if (hs_only) {
                c->status = 200;
                hadd(h_lat, now_ns() - c->t_start);
                n_done++;
                n_ok++;
                inflight--;
                shut(c);
                next(c);
                return;
            }
            do_write(c);
            return;
        }
        int x = SSL_get_error(c->ssl, r);
        if (x == SSL_ERROR_WANT_READ) {
            setev(c, EPOLLIN);
            return;
        }
        if (x == SSL_ERROR_WANT_WRITE) {
            setev(c, EPOLLIN | EPOLLOUT);
            return;
        }
        ERR_clear_error();
        fail(c, E_TLS);
        return;
    }
    if (c->state == C_BUSY && (ev & EPOLLOUT) && c->wr < reqlen) {
        do_write(c);
        if (c->state != C_BUSY) return;
    }
    if (ev & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
        if (c->state == C_BUSY || c->state == C_IDLE) do_read(c);
}
static void pj(const char *n, struct hist *h, double div) {
    printf(",\"%s\":{\"n\":%lu,\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}", n,
           h->n, h->n ? h->sum / h->n / div : 0, hq(h, .5) / div, hq(h, .9) / div, hq(h, .99) / div, hq(h, .999) / div,
           h->max / div);
}
static volatile int sigstop;
static void onsig(int s) {
    (void)s;
    sigstop = 1;
}
int main(int argc, char **argv) {
    char *url = NULL, *bodyf = NULL, *key = "sk-bench-5f0c9b7a2e4d4c1fa6d8e3b1c7f09a52";
    char hdrs[4096] = "";
    for (int i = 1; i < argc; i++) {
        char *k = argv[i];
#define A (++i < argc ? argv[i] : (exit(2), (char *)0))
        if (!strcmp(k, "--url")) url = A;
        else if (!strcmp(k, "-c")) C = atoi(A);
        else if (!strcmp(k, "-n")) N = atol(A);
        else if (!strcmp(k, "-t")) T = atof(A);
        else if (!strcmp(k, "--rate")) rate = atof(A);
        else if (!strcmp(k, "--tls")) use_tls = 1;
        else if (!strcmp(k, "--tls12")) tls12 = use_tls = 1;
        else if (!strcmp(k, "--body")) bodyf = A;
        else if (!strcmp(k, "--key")) key = A;
        else if (!strcmp(k, "-H")) {
            char *v = A;
            if (strlen(hdrs) + strlen(v) + 3 < sizeof hdrs) {
                strcat(hdrs, v);
                strcat(hdrs, "\r\n");
            }
        } else if (!strcmp(k, "--expect-events")) expect_ev = atol(A);
        else if (!strcmp(k, "--close")) do_close = 1;
        else if (!strcmp(k, "--handshake-only")) hs_only = use_tls = 1;
        else if (!strcmp(k, "--timeout")) timeout_s = atof(A);
        else if (!strcmp(k, "--connections-only")) {
            conns_only = 1;
            C = atoi(A);
        } else if (!strcmp(k, "--stagger")) stagger = atof(A);
        else if (!strcmp(k, "--ramp")) ramp = atof(A);
        else if (!strcmp(k, "--hold")) hold = atof(A);
        else {
            fprintf(stderr, "llmload: unknown option %s\n", k);
            return 2;
        }
    }
    if (!url || (!bodyf && !hs_only)) {
        fprintf(
            stderr,
            "usage: llmload --url http[s]://127.0.0.1:PORT/v1/chat/completions --body FILE -c C (-n N | -t T) [...]\n");
        return 2;
    }
    if (N < 0 && T <= 0 && !conns_only) T = 5;
    if (T > 600) T = 600;
    if (!strncmp(url, "https://", 8)) {
        use_tls = 1;
        url += 8;
    } else if (!strncmp(url, "http://", 7)) url += 7;
    char *path = strchr(url, '/');
    snprintf(host, sizeof host, "%.*s", path ? (int)(path - url) : (int)strlen(url), url);
    if (!path) path = "/v1/chat/completions";
    char h2[256];
    strcpy(h2, host);
    char *col = strchr(h2, ':');
    int port = use_tls ? 443 : 80;
    if (col) {
        *col = 0;
        port = atoi(col + 1);
    }
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (inet_pton(AF_INET, !strcmp(h2, "localhost") ? "127.0.0.1" : h2, &addr.sin_addr) != 1) {
        fprintf(stderr, "need an IPv4 address\n");
        return 2;
    }
    if ((ntohl(addr.sin_addr.s_addr) >> 24) != 127) {
        fprintf(stderr, "llmload: loopback targets only\n");
        return 2;
    }
    size_t bl = 0;
    char *bb = NULL;
    if (bodyf) {
        FILE *f = fopen(bodyf, "r");
        if (!f) {
            perror(bodyf);
            return 2;
        }
        fseek(f, 0, SEEK_END);
        bl = ftell(f);
        rewind(f);
        bb = malloc(bl + 1);
        if (fread(bb, 1, bl, f) != bl) return 2;
        fclose(f);
    }
    char *h;
    int hl = asprintf(
        &h,
        "POST %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nContent-Type: application/json\r\nUser-Agent: "
        "llmload/1 (OpenAI/Python compatible)\r\nAuthorization: Bearer %s\r\n%s%sContent-Length: %zu\r\n\r\n",
        path, host, key, hdrs, do_close ? "Connection: close\r\n" : "", bl);
    reqlen = hl + bl;
    req = malloc(reqlen);
    memcpy(req, h, hl);
    if (bl) memcpy(req + hl, bb, bl);
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, onsig);
    signal(SIGINT, onsig);
    if (use_tls) {
        ctx = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
        SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set1_groups_list(ctx, "X25519:P-256");
        static const unsigned char al[] = "\x08http/1.1";
        SSL_CTX_set_alpn_protos(ctx, al, 9);
        if (tls12) SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    }
    h_ttft = calloc(1, sizeof *h_ttft);
    h_lat = calloc(1, sizeof *h_lat);
    h_gap = calloc(1, sizeof *h_gap);
    h_hs = calloc(1, sizeof *h_hs);
    cs = calloc(C, sizeof *cs);
    for (int i = C - 1; i >= 0; i--) {
        cs[i].fd = -1;
        release(&cs[i]);
    }
    qcap = 1 << 20;
    if (rate > 0) queue = malloc(qcap * sizeof *queue);
    ep = epoll_create1(0);
    t0 = now_ns();
    if (T > 0) t_end = t0 + (uint64_t)(T * 1e9);
    uint64_t due = t0, t_stop = 0, last_sweep = t0, hold_end = 0;
    int opened = 0, pend = 0;
    uint64_t hold_ev0 = 0, hold_t0 = 0;
    double drain = timeout_s;
    uint64_t t_fin = 0;
    static struct epoll_event ev[1024];
    for (;;) {
        uint64_t n = now_ns();
        if (sigstop) stopping = 1;
        if (conns_only) {
            while (opened < C && !stopping && (double)opened < (n - t0) / 1e9 * ramp + 1) {
                struct conn *c = freel;
                freel = c->nfree;
                c->infree = 0;
                opened++;
                start(c, n);
            }
            if (!hold_end &&
                ((opened == C && (first_seen + n_done >= (uint64_t)C)) || (n - t0) / 1e9 > C / ramp + 20)) {
                hold_end = n + (uint64_t)(hold * 1e9);
                hold_t0 = n;
                hold_ev0 = n_events;
                memset(h_gap, 0, sizeof *h_gap);
                printf("{\"ready\":%d,\"streams_open\":%lu,\"failed\":%lu,\"ramp_s\":%.2f}\n", C, first_seen, n_done,
                       (n - t0) / 1e9);
                fflush(stdout);
            }
            if ((hold_end && n >= hold_end) || stopping) {
                t_fin = n;
                break;
            }
        } else if (rate > 0) {
            if (!stopping && ((t_end && n >= t_end))) stopping = 1;
            while (!stopping && due <= n) {
                if (N >= 0 && (long)(n_started + (qt - qh)) >= N) {
                    stopping = 1;
                    break;
                }
                struct conn *c = freel;
                if (c) {
                    freel = c->nfree;
                    c->infree = 0;
                    start(c, due);
                } else if (qt - qh < qcap) queue[qt++ % qcap] = due;
                due += (uint64_t)(1e9 / rate);
            }
        } else {
            if (t_end && n >= t_end) stopping = 1;
            if (N >= 0 && (long)n_started >= N) stopping = 1;
            struct conn *l = freel;
            freel = NULL;
            pend = 0;
            while (l) {
                struct conn *c = l;
                l = c->nfree;
                c->infree = 0;
                if (!stopping && stagger > 0 && c->t_start == 0 && n - t0 < (c - cs) * stagger * 1e9 / C) {
                    release(c);
                    pend = 1;
                } else if (!stopping) {
                    start(c, now_ns());
                    if (N >= 0 && (long)n_started >= N) stopping = 1;
                } else release(c);
            }
        }
        if (stopping && !t_stop) t_stop = n;
        if (stopping && inflight <= 0 && qh == qt) {
            t_fin = now_ns();
            break;
        }
        if (stopping && n - t_stop > drain * 1e9) {
            err[E_TIMEOUT] += inflight;
            n_done += inflight;
            t_fin = n;
            break;
        }
        if (n - last_sweep > 1000000000ull && !conns_only) {
            last_sweep = n;
            for (int i = 0; i < C; i++) {
                struct conn *c = &cs[i];
                if (c->state != C_BUSY && c->state != C_TLS && c->state != C_CONNECTING) continue;
                uint64_t act = c->t_last > c->t_start ? c->t_last : c->t_start;
                if ((double)((int64_t)(n - act)) > timeout_s * 1e9) fail(c, E_TIMEOUT);
            }
        }
        struct timespec ts = {0, 100000000};
        uint64_t lim = 100000000;
        if (rate > 0 && !stopping) lim = due > n ? due - n : 0;
        if (conns_only && opened < C) lim = 1000000;
        if (freel && !rate && !stopping && !conns_only) lim = pend ? 500000 : 0;
        if (lim < 100000000) ts.tv_nsec = lim;
        int k = epoll_pwait2(ep, ev, 1024, &ts, NULL);
        for (int i = 0; i < k; i++) on_ev(ev[i].data.ptr, ev[i].events);
    }
    double el = (t_fin - t0) / 1e9;
    struct rusage ru;
    getrusage(RUSAGE_SELF, &ru);
    double cpu = ru.ru_utime.tv_sec + ru.ru_stime.tv_sec + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
    uint64_t ne = 0;
    for (int i = 0; i < E_N; i++) ne += err[i];
    printf("{\"elapsed_s\":%.3f,\"requests\":%lu,\"ok\":%lu,\"errors\":%lu,\"err\":{", el, n_done, n_ok, ne);
    int f = 0;
    for (int i = 0; i < E_N; i++)
        if (err[i]) {
            printf("%s\"%s\":%lu", f ? "," : "", ename[i], err[i]);
            f = 1;
        }
    printf("},\"status\":{");
    f = 0;
    for (int i = 0; i < 1000; i++)
        if (st_code[i]) {
            printf("%s\"%d\":%lu", f ? "," : "", i, st_code[i]);
            f = 1;
        }
    printf("},\"rps\":%.1f,\"events\":%lu,\"events_per_s\":%.1f,\"connections\":%lu,\"handshakes\":%lu,\"handshakes_"
           "per_s\":%.1f,\"bytes_in\":%lu,\"bytes_out\":%lu,\"load_cpu_s\":%.3f",
           n_ok / el, n_events, conns_only ? (n_events - hold_ev0) / ((t_fin - hold_t0) / 1e9) : n_events / el, n_conn,
           n_hs, n_hs / el, bytes_in, bytes_out, cpu);
    if (conns_only) printf(",\"streams_open\":%d,\"early_finished\":%lu", inflight, n_done);
    pj("lat_us", h_lat, 1e3);
    pj("ttft_us", h_ttft, 1e3);
    pj("gap_us", h_gap, 1e3);
    if (n_hs) pj("hs_us", h_hs, 1e3);
    printf("}\n");
   
    return ne ? 1 : 0;
}
