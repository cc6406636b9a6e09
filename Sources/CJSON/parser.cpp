#include "parser.hpp"
#include <charconv>
#include <cstring>
#include <new>

using simdjson::SIMDJSON_PADDING;

BlockPool::~BlockPool() {
    for (Block &block : blocks_) std::free(block.base);
}

void *BlockPool::take(size_t bytes, size_t *capacity) noexcept {
    if (bytes < smallest) {
        *capacity = bytes;
        return std::malloc(bytes);
    }
    Block *best = nullptr;
    for (Block &block : blocks_) {
        // A block of more than twice the size would let a small document hold a large one's memory.
        if (!block.base || block.capacity < bytes || block.capacity > 2 * bytes) continue;
        if (!best || block.capacity < best->capacity) best = &block;
    }
    if (best) {
        void *base = best->base;
        *capacity = best->capacity;
        *best = {};
        return base;
    }
    *capacity = (bytes + smallest - 1) / smallest * smallest;
    return std::malloc(*capacity);
}

void BlockPool::give(void *base, size_t capacity) noexcept {
    Block freed = {base, capacity};
    if (capacity >= smallest && capacity <= largest) {
        for (Block &block : blocks_) {
            if (block.base) continue;
            block = freed;
            return;
        }
        // Full: the newest block takes the place of the first, so that the sizes kept follow the traffic.
        std::swap(blocks_[0], freed);
        std::swap(blocks_[0], blocks_[slots - 1]);
    }
    std::free(freed.base);
}

size_t BlockPool::kept() const noexcept {
    size_t sum = 0;
    for (const Block &block : blocks_) sum += block.capacity;
    return sum;
}

bool cj_parser::reserve(size_t length) noexcept {
    if (capacity > 0 && length <= capacity) return true;
    size_t wanted = capacity > 4096 ? capacity : 4096;
    while (wanted < length) wanted *= 2;
    capacity = 0;
    if (!input.reserve(wanted + SIMDJSON_PADDING)) return false;
    if (tape.allocate(wanted) != simdjson::SUCCESS) return false;
    // simdjson counts the document itself as a level and refuses when the limit is reached.
    const size_t depth = size_t(max_depth) + 1;
    const auto failed = engine ? engine->allocate(wanted, depth)
                               : simdjson::get_active_implementation()->create_dom_parser_implementation(
                                     wanted, depth, engine);
    if (failed) return false;
    capacity = wanted;
    return true;
}

void cj_parser::settle() noexcept {
    if (capacity <= kept_text) return;
    input.release();
    nodes.release();
    extras.release();
    (void)tape.allocate(0);
    engine.reset();
    capacity = 0;
}

cj_outcome cj_parser::read(const void *text, size_t length) noexcept {
    if (length > INT32_MAX) return {CJ_TOO_MANY_VALUES, -1};
    if (!reserve(length)) return {CJ_NO_MEMORY, -1};
    uint8_t *copy = input.bytes();
    if (length > 0) std::memcpy(copy, text, length);
    std::memset(copy + length, 0, SIMDJSON_PADDING);
    has_stand_ins = false;
    auto failed = engine->stage1(copy, length, simdjson::stage1_mode::regular);
    const bool is_indexed = !failed;
    if (is_indexed) {
        // Every value and key but the root has a separator or an opening bracket of its own before it.
        if ((size_t(engine->n_structural_indexes) + 1) / 2 > max_values) return {CJ_TOO_MANY_VALUES, -1};
        failed = engine->stage2(tape);
    }
    if (!failed) return {CJ_OK, -1};
    if (failed == simdjson::MEMALLOC) return {CJ_NO_MEMORY, -1};
    return read_refused(text, length, is_indexed);
}

// RFC 8259 puts no bound on numbers, simdjson does. Numbers begin where they began when others stand in for them, so
// that the structural indexes still hold, for the original text, too.
cj_outcome cj_parser::read_refused(const void *text, size_t length, bool is_indexed) noexcept {
    const cj_outcome outcome = locate_fault(input.bytes(), length, max_depth, open.bytes());
    if (outcome.status != CJ_OK) return outcome;
    const auto failed = is_indexed ? engine->stage2(tape) : simdjson::TAPE_ERROR;
    if (failed) return {failed == simdjson::MEMALLOC ? CJ_NO_MEMORY : CJ_NOT_JSON, -1};
    std::memcpy(input.bytes(), text, length);
    has_stand_ins = true;
    return outcome;
}

extern "C" {

cj_parser *cj_parser_new(uint32_t max_depth, uint32_t max_values) {
    auto *parser = new (std::nothrow) cj_parser;
    if (!parser) return nullptr;
    parser->max_depth = max_depth;
    parser->max_values = max_values;
    if (!parser->open.reserve((size_t(max_depth) + 1) * sizeof(uint32_t))) {
        delete parser;
        return nullptr;
    }
    return parser;
}

void cj_parser_free(cj_parser *parser) { delete parser; }

size_t cj_parser_kept(const cj_parser *parser) {
    const size_t length = parser->capacity;
    // Tape, string buffer and structural indexes as simdjson sizes them.
    const size_t engine = length * (sizeof(uint64_t) + sizeof(uint32_t)) + 5 * length / 3;
    return parser->input.capacity() + parser->nodes.capacity() + parser->extras.capacity() + engine +
           parser->pool.kept();
}

void cj_document_free(cj_parser *parser, const cj_document *document) {
    parser->pool.give(const_cast<cj_node *>(document->nodes), document->capacity);
}

bool cj_is_utf8(const void *text, size_t length) {
    return simdjson::validate_utf8(static_cast<const char *>(text), length);
}

size_t cj_format_double(double value, char *room) {
    char *const end = room + CJ_DOUBLE_ROOM;
    // Beyond 2^53 digits alone would look like an exact integer.
    const bool plain = value > -0x1p53 && value < 0x1p53;
    const auto written =
        plain ? std::to_chars(room, end, value) : std::to_chars(room, end, value, std::chars_format::scientific);
    return size_t(written.ptr - room);
}

}
