/* Reads answers as they come, and judges whether each is whole. Included by llmload.c alone. */
#pragma once
#include "load_state.h"

static void finish_ok(struct conn *c) {
    uint64_t n = now_ns();
    hadd(h_lat, n - c->t_start);
    int e = -1;
    if (c->status != 200) {
        e = E_STATUS;
        if (c->status > 0 && c->status < 1000) st_code[c->status]++;
    } else if (c->bad || (!c->sse && (c->got < 2 || c->firstc != '{' || (c->lastc != '}' && c->lastc != '\n'))))
        e = E_BADDATA; /* a JSON object or valid SSE */
    else if (c->sse && !c->done) e = E_NODONE;
    else if (expect_ev >= 0 && (long)c->ev_count != expect_ev) e = E_EVENTS;
    int cl = c->conn_close || do_close;
    if (e == E_STATUS && !cl) {
        n_done++;
        inflight--;
        err[e]++;
        c->state = C_IDLE;
    } else {
        fin(c, e);
        if (e < 0) {
            if (cl) {
                shut(c);
            } else c->state = C_IDLE;
        }
    }
    next(c);
}
/* SSE: count data: lines; check each begins with '{' (or [DONE]) and ends with '}' */
static void sse(struct conn *c, const char *b, size_t n, uint64_t now) {
    const char *e = b + n;
    while (b < e) {
        const char *nl = memchr(b, '\n', e - b);
        size_t k = (nl ? nl : e) - b;
        if (c->lpos < sizeof c->line) {
            size_t w = sizeof c->line - c->lpos;
            if (w > k) w = k;
            memcpy(c->line + c->lpos, b, w);
        }
        if (k) {
            c->lastc = b[k - 1];
            if (c->lastc == '\r' && k > 1) c->lastc = b[k - 2];
        }
        c->lpos += k;
        if (!nl) return;
        b = nl + 1;
        if (c->lpos >= 5 && !memcmp(c->line, "data:", 5)) {
            c->ev_count++;
            n_events++;
            char *p = c->line + 5;
            if (*p == ' ') p++;
            if (c->lpos >= 12 && !memcmp(p, "[DONE]", 6)) c->done = 1;
            else if (*p != '{' || c->lastc != '}') c->bad = 1;
            if (c->ev_count == 1) {
                hadd(h_ttft, now - c->t_start);
                first_seen++;
            } else hadd(h_gap, now - c->t_last);
            c->t_last = now;
        }
        c->lpos = 0;
    }
}
static void body(struct conn *c, const char *b, size_t n, uint64_t now) {
    if (!n) return;
    if (!c->got) c->firstc = b[0];
    c->got += n;
    if (c->sse) sse(c, b, n, now);
    else c->lastc = b[n - 1];
}
/* returns 1 when the response is complete, <0 error */
static int feed(struct conn *c, char *b, size_t n, uint64_t now) {
    char *e = b + n;
    while (b < e) switch (c->ps) {
        case P_HDR: {
            if (c->hl + (e - b) > c->hc) {
                c->hc = c->hl + (e - b) + 1024;
                c->hb = realloc(c->hb, c->hc);
            }
            uint32_t old = c->hl;
            memcpy(c->hb + c->hl, b, e - b);
            c->hl += e - b;
            char *he = memmem(c->hb, c->hl, "\r\n\r\n", 4);
            if (!he) {
                if (c->hl > 65536) return -1;
                return 0;
            }
            size_t hlen = he + 4 - c->hb;
            b += hlen - old;
            c->left = -1;
            c->chunked = 0;
            c->conn_close = 0;
            c->sse = 0;
            if (hlen < 13 || memcmp(c->hb, "HTTP/1.", 7)) return -1;
            c->status = atoi(c->hb + 9);
            if (c->hb[7] == '0') c->conn_close = 1;
            for (char *l = memchr(c->hb, '\n', hlen) + 1; l < he;) {
                char *x = memchr(l, '\r', he + 1 - l);
                int k = x - l;
                if (k > 15 && !strncasecmp(l, "content-length:", 15)) c->left = atoll(l + 15);
                else if (k > 18 && !strncasecmp(l, "transfer-encoding:", 18) && memmem(l, k, "chunked", 7))
                    c->chunked = 1;
                else if (k > 11 && !strncasecmp(l, "connection:", 11) &&
                         (memmem(l, k, "close", 5) || memmem(l, k, "Close", 5)))
                    c->conn_close = 1;
                else if (k > 13 && !strncasecmp(l, "content-type:", 13) && memmem(l, k, "text/event-stream", 17))
                    c->sse = 1;
                l = x + 2;
            }
            if (c->status / 100 == 1) {
                c->hl = 0;
                if (e > b) continue;
                return 0;
            }
            if (c->chunked) {
                c->ps = P_CK_SIZE;
                c->ckl = 0;
            } else if (c->left >= 0) {
                c->ps = P_BODY_CL;
                if (!c->left) return 1;
            } else {
                c->ps = P_EOF;
                c->conn_close = 1;
            }
            c->hl = 0;
            break;
        }
        case P_BODY_CL: {
            size_t k = e - b;
            if ((int64_t)k > c->left) k = c->left;
            body(c, b, k, now);
            b += k;
            c->left -= k;
            if (!c->left) return b == e ? 1 : -1;
            break;
        }
        case P_CK_SIZE: {
            char ch = *b++;
            if (ch == '\n') {
                c->ck[c->ckl] = 0;
                char *q;
                c->left = strtol(c->ck, &q, 16);
                if (q == c->ck) return -1;
                c->ckl = 0;
                c->ps = c->left ? P_CK_DATA : P_CK_TRAIL;
            } else if (ch != '\r') {
                if (c->ckl < 18) c->ck[c->ckl++] = ch;
            }
            break;
        }
        case P_CK_DATA: {
            size_t k = e - b;
            if ((int64_t)k > c->left) k = c->left;
            body(c, b, k, now);
            b += k;
            c->left -= k;
            if (!c->left) c->ps = P_CK_CRLF;
            break;
        }
        case P_CK_CRLF: {
            char ch = *b++;
            if (ch == '\n') c->ps = P_CK_SIZE;
            else if (ch != '\r') return -1;
            break;
        }
        case P_CK_TRAIL: {
            char ch = *b++;
            if (ch == '\n') {
                if (!c->ckl) return b == e ? 1 : -1;
                c->ckl = 0;
            } else if (ch != '\r') c->ckl = 1;
            break;
        }
        case P_EOF:
            body(c, b, e - b, now);
            b = e;
            break;
        }
    return 0;
}
