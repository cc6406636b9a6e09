// The C face of the regular expressions: RE2 behind plain functions. Every search takes time linear in the bytes that
// it is given, whatever the pattern.
//
// A pattern never changes after it is made and may be used by any number of threads at once. Nothing here keeps a
// pointer to the caller's bytes after it returns.
#ifndef SLUICE_CREGEX_H
#define SLUICE_CREGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cr_pattern cr_pattern;

// Compiles UTF-8 in RE2's syntax. `max_memory` bounds the program and the automata made of it, in bytes. On failure:
// NULL, and RE2's reason in `reason`, cut to `room` bytes with its NUL.
cr_pattern *cr_pattern_new(const void *text, size_t length, int64_t max_memory, char *reason, size_t room);
void cr_pattern_free(cr_pattern *pattern);

// Whether the pattern matches anywhere; stops at the first sign of it.
bool cr_pattern_occurs(const cr_pattern *pattern, const void *text, size_t length);

// The leftmost match within from ..< to. What stands around that range is seen by `^`, `$` and `\b`.
bool cr_pattern_find(
    const cr_pattern *pattern, const void *text, size_t length, size_t from, size_t to, size_t *start, size_t *end);

// The match that begins at `from` and ends at `to` or before.
bool cr_pattern_match_at(
    const cr_pattern *pattern, const void *text, size_t length, size_t from, size_t to, size_t *end);

#ifdef __cplusplus
}
#endif

#endif
