// hiredis for Swift, and the one thing that 0.14 has no function for.
#pragma once
#include <hiredis/hiredis.h>
#include <hiredis/async.h>
#include <unistd.h>

// An asynchronous context on a connected, non-blocking descriptor, which it closes when it is freed. hiredis makes
// contexts only together with a connection of its own, so one is made for an attempt that fails at once (a socket
// without a path), and given the descriptor. NULL: out of memory; then the descriptor stays the caller's.
static inline redisAsyncContext *sluice_redis_adopt(int descriptor) {
    redisAsyncContext *context = redisAsyncConnectUnix("");
    if (context == NULL) return NULL;
    redisContext *inner = &context->c;
    if (inner->fd > 0) close(inner->fd);
    inner->fd = descriptor;
    inner->err = 0;
    inner->errstr[0] = '\0';
    inner->flags = (inner->flags & ~REDIS_BLOCK) | REDIS_CONNECTED;
    context->err = 0;
    return context;
}
