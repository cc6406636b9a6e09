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

// Whether no match begins with a character beyond ASCII.
bool cr_pattern_begins_ascii(const cr_pattern *pattern);

// Short runs of byte classes, looked for all at once, many bytes at a time. Never changes after it is made; any number
// of threads may use it at once.
typedef struct cr_needles cr_needles;

#define CR_MOST_NEEDLES 64
#define CR_NEEDLE_ROOM 16
#define CR_NEEDLE_WINDOW 4
#define CR_NEEDLE_GROUPS 8

// A byte is of a class when its bit is set.
typedef struct cr_byte_class {
    uint64_t bits[4];
} cr_byte_class;

typedef struct cr_needle {
    cr_byte_class classes[CR_NEEDLE_ROOM];
    size_t length; // 1 ... CR_NEEDLE_ROOM
    size_t window; // where the CR_NEEDLE_WINDOW bytes begin that are looked for first; the rarest serve best
    uint8_t group; // below CR_NEEDLE_GROUPS; windows of one group are told apart late
} cr_needle;

// At most CR_MOST_NEEDLES. NULL: no memory.
cr_needles *cr_needles_new(const cr_needle *needles, size_t count);
void cr_needles_free(cr_needles *needles);

// False only where none of the needles is in the text. True as well where looking closely would take too long.
bool cr_needles_may_occur(const cr_needles *needles, const void *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
