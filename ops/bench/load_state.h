/* What the load generator knows: its options, its connections, its counts. One thread, so all of it is global. */
#pragma once
#include "histogram.h"
#include <netinet/in.h>
#include <openssl/ssl.h>

static struct hist *h_ttft, *h_lat, *h_gap, *h_hs;

enum { E_CONNECT, E_TLS, E_RESET, E_EARLY, E_STALE, E_HTTP, E_TIMEOUT, E_NODONE, E_EVENTS, E_BADDATA, E_STATUS, E_N };
static const char *ename[] = {"connect", "tls",     "reset",           "eof_early", "stale_reused", "bad_http",
                              "timeout", "no_done", "bad_event_count", "bad_data",  "status"};
static uint64_t err[E_N], st_code[1000], n_ok, n_done, n_started, n_events, n_conn, n_hs, bytes_in, bytes_out;

enum { C_CLOSED, C_CONNECTING, C_TLS, C_IDLE, C_BUSY };
enum { P_HDR, P_BODY_CL, P_CK_SIZE, P_CK_DATA, P_CK_CRLF, P_CK_TRAIL, P_EOF };
struct conn {
    int fd, state;
    SSL *ssl;
    uint64_t t_start, t_conn, t_last;
    size_t wr;
    uint32_t evs;
    int ps, sse, done, status, conn_close, chunked, reused;
    int64_t left;
    uint64_t got, ev_count;
    char *hb;
    uint32_t hl, hc;
    char line[24];
    uint32_t lpos;
    char lastc, firstc;
    char ck[20];
    int ckl;
    int bad;
    struct conn *nfree;
    char infree;
};
static int ep, C = 1, use_tls, tls12, do_close, hs_only, conns_only;
static long N = -1, expect_ev = -1;
static double stagger, T, rate, timeout_s = 30, ramp = 1000, hold = 5;
static struct conn *cs;
static SSL_CTX *ctx;
static struct sockaddr_in addr;
static char *req;
static size_t reqlen;
static char host[256];
static struct conn *freel;
static uint64_t t0, t_end;
static int stopping;
static uint64_t first_seen;
static int inflight;
static uint64_t *queue;
static size_t qh, qt, qcap; /* open loop: due times waiting for a connection */
