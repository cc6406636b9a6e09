// The C face of the JSON parser: simdjson behind plain functions and structs.
//
// A parser owns scratch memory and belongs to one thread. A document owns its memory and outlives later parses; it
// is given back to the parser that made it. Nothing here keeps a pointer to the caller's bytes after it returns.
#ifndef SLUICE_CJSON_H
#define SLUICE_CJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cj_parser cj_parser;

// What became of a parse. Everything but CJ_OK comes with the offset of the fault, where one is known.
typedef enum cj_status {
    CJ_OK = 0,
    CJ_EMPTY,           // nothing but white space
    CJ_NOT_UTF8,        // RFC 3629; the offset is that of the first ill-formed sequence
    CJ_NOT_JSON,        // RFC 8259 grammar, lone surrogate escapes included
    CJ_TOO_DEEP,        // more open arrays and objects than max_depth
    CJ_TOO_MANY_VALUES, // more keys and values than max_values, or a text beyond 2 GB
    CJ_NO_MEMORY,
} cj_status;

typedef struct cj_outcome {
    cj_status status;
    int64_t offset; // -1: not known
} cj_outcome;

typedef enum cj_kind {
    CJ_OBJECT = 0,
    CJ_ARRAY,
    CJ_STRING,         // without escapes: its text stands in the source, between the quotes
    CJ_ESCAPED_STRING, // its unescaped text stands at `link` in the extras: uint32_t length, then the bytes
    CJ_INTEGER,        // int64_t at `link` in the extras
    CJ_UNSIGNED,       // uint64_t above INT64_MAX at `link` in the extras
    CJ_DOUBLE,         // double nearest to a fraction, or to an integer beyond 64 bits, at `link` in the extras
    CJ_HUGE,           // a number beyond every double; it stands in the source only
    CJ_TRUE,
    CJ_FALSE,
    CJ_NULL,
} cj_kind;

// One value or key. The nodes of a document stand in the order of the source: a container before its children, a
// key before its value.
typedef struct cj_node {
    uint32_t start; // bytes start ..< end of the source are this value, quotes and brackets included
    uint32_t end;
    uint32_t link;     // containers: the index of the node after the last descendant; others: see cj_kind
    uint32_t kind : 8; // a cj_kind
    uint32_t count : 24; // elements of an array, members of an object
} cj_node;

// A parsed text. Node 0 is the root.
typedef struct cj_document {
    const cj_node *nodes;
    const uint8_t *extras;
    const uint8_t *source; // a copy of the text, `source_length` bytes, right after the extras
    size_t node_count;
    size_t source_length;
    size_t capacity; // of the one block of memory that begins at `nodes`
} cj_document;

// The most that a count of tokens is read as, so that sums of counts stay within 64 bits.
#define CJ_MOST_TOKENS INT32_MAX

// What the relay has to know of one event of a stream, or of a whole chat completion. Tokens are 0 for what is no
// count, and at most CJ_MOST_TOKENS.
typedef struct cj_chunk_facts {
    int64_t prompt_tokens;
    int64_t completion_tokens;
    int64_t total_tokens;
    int64_t cached_tokens;
    uint32_t choices;
    bool is_object;
    bool has_error;
    bool has_usage;
    bool has_finish_reason;
    bool has_content;
} cj_chunk_facts;

// A parser that refuses what is nested deeper than max_depth or has more keys and values than max_values.
// NULL: no memory.
cj_parser *cj_parser_new(uint32_t max_depth, uint32_t max_values);
void cj_parser_free(cj_parser *parser);

// Validates the text and fills `document`, which on CJ_OK goes back through cj_document_free.
cj_outcome cj_parse(cj_parser *parser, const void *text, size_t length, cj_document *document);
// Fills `document` with what `whole` is without those elements of the array at node `array` for whose places is_dropped
// holds true, of which there are as many as elements: what parsing the text without them would give. It goes back like
// any other. False: no memory.
bool cj_drop_elements(
    cj_parser *parser, const cj_document *whole, size_t array, const bool *is_dropped, cj_document *document);
void cj_document_free(cj_parser *parser, const cj_document *document);

// Bytes of memory that the parser keeps between parses: scratch and pooled documents.
size_t cj_parser_kept(const cj_parser *parser);

// Validates the text and fills `facts`; allocates nothing unless the text is larger than any before it.
cj_outcome cj_read_chunk(cj_parser *parser, const void *text, size_t length, cj_chunk_facts *facts);

// The text of a completion or of an event of a stream that has but one choice, of index 0.
typedef struct cj_only_text {
    const uint8_t *text; // UTF-8, escapes resolved; valid until the parser reads the next text
    size_t length;
    bool is_last; // the choice has a finish_reason
} cj_only_text;

// Finds `content`, a string, in the `message` or `delta` of the only choice. False: the text is no JSON, is larger than
// 1 MiB, has no or several choices, no such string, or one of these names twice; it may have text all the same.
bool cj_read_only_text(cj_parser *parser, const void *text, size_t length, cj_only_text *only);

bool cj_is_utf8(const void *text, size_t length);

// Writes the shortest decimal form that reads back as the same finite value; returns its length.
#define CJ_DOUBLE_ROOM 32
size_t cj_format_double(double value, char *room);

#ifdef __cplusplus
}
#endif

#endif
