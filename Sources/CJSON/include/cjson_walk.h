// A whole JSON document as a list of events that know their place in the text, for files that people write: the
// configuration. Made by simdjson's on-demand parser. Not for the path of a request: see cjson.h.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

enum cj_walk_kind {
  CJ_WALK_NULL,
  CJ_WALK_FALSE,
  CJ_WALK_TRUE,
  /// `integer` holds it.
  CJ_WALK_INTEGER,
  /// Any other number; `number` holds it.
  CJ_WALK_NUMBER,
  /// `text` and `length` hold it unescaped.
  CJ_WALK_STRING,
  /// A member's name, like a string; its value's events follow.
  CJ_WALK_KEY,
  CJ_WALK_ARRAY,
  CJ_WALK_ARRAY_END,
  CJ_WALK_OBJECT,
  CJ_WALK_OBJECT_END
};

struct cj_walk_event {
  enum cj_walk_kind kind;
  /// Byte offset of the first character; not set at the ends of arrays and objects.
  size_t offset;
  /// UTF-8 that lives as long as the walk; may hold NUL.
  const char *text;
  size_t length;
  int64_t integer;
  double number;
};

enum cj_walk_failure {
  CJ_WALK_OK,
  CJ_WALK_EMPTY,
  CJ_WALK_NOT_UTF8,
  /// The text's root is not an object.
  CJ_WALK_NOT_OBJECT,
  /// A quote, brace or bracket has no counterpart, somewhere: the offset says nothing.
  CJ_WALK_UNCLOSED,
  CJ_WALK_TOO_DEEP,
  CJ_WALK_BAD_NUMBER,
  CJ_WALK_BAD_STRING,
  /// Any other offence against the grammar, at or just before the offset.
  CJ_WALK_SYNTAX
};

/// The events of one document and the memory of its strings.
struct cj_walk;

/// Walks a document whose arrays and objects are nested at most `max_depth` deep. Null only when memory is out.
struct cj_walk *cj_walk_start(const char *json, size_t length, size_t max_depth);
/// CJ_WALK_OK, or what is wrong and at which byte offset.
enum cj_walk_failure cj_walk_result(const struct cj_walk *walk, size_t *offset);
size_t cj_walk_count(const struct cj_walk *walk);
/// The event at `index`, which must be below the count.
struct cj_walk_event cj_walk_event_at(const struct cj_walk *walk, size_t index);
void cj_walk_free(struct cj_walk *walk);

#ifdef __cplusplus
}
#endif
