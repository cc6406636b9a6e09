// Builds documents: walks simdjson's tape and its structural indexes side by side, since the first knows the values
// and the second their places in the source.
#include "parser.hpp"
#include <charconv>
#include <cmath>
#include <cstring>

using simdjson::internal::tape_type;

namespace {

constexpr uint64_t payload_mask = simdjson::internal::JSON_VALUE_MASK;

bool is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

class Builder {
  public:
    explicit Builder(cj_parser &parser)
        : text_(parser.input.bytes()), tape_(parser.tape.tape.get()), strings_(parser.tape.string_buf.get()),
          indexes_(parser.engine->structural_indexes.get()), index_count_(parser.engine->n_structural_indexes),
          open_(reinterpret_cast<uint32_t *>(parser.open.bytes())),
          nodes_(reinterpret_cast<cj_node *>(parser.nodes.bytes())), extras_(parser.extras.bytes()) {}

    void build() {
        for (uint32_t i = 0; i < index_count_; i++) {
            const uint32_t start = indexes_[i];
            switch (text_[start]) {
            case ',':
            case ':': break;
            case '{': begin(start, CJ_OBJECT); break;
            case '[': begin(start, CJ_ARRAY); break;
            case '}':
            case ']': end(start); break;
            case '"': string(start, end_before(indexes_[i + 1])); break;
            case 't': literal(start, 4, CJ_TRUE); break;
            case 'f': literal(start, 5, CJ_FALSE); break;
            case 'n': literal(start, 4, CJ_NULL); break;
            default: number(start, end_before(indexes_[i + 1]));
            }
        }
    }

    size_t node_count() const { return node_count_; }
    size_t extras_length() const { return extras_length_; }

  private:
    const uint8_t *text_;
    const uint64_t *tape_;
    const uint8_t *strings_;
    const uint32_t *indexes_;
    uint32_t index_count_;
    uint32_t *open_;
    cj_node *nodes_;
    uint8_t *extras_;
    size_t at_ = 1; // the next entry of the tape; entry 0 is the root's own
    uint32_t depth_ = 0;
    uint32_t node_count_ = 0;
    uint32_t extras_length_ = 0;

    // The end of the scalar before the next structural byte.
    uint32_t end_before(uint32_t next) const {
        while (is_space(text_[next - 1])) next--;
        return next;
    }

    void add(uint32_t start, uint32_t end, uint32_t link, cj_kind kind, uint32_t count) {
        cj_node &node = nodes_[node_count_++];
        node.start = start;
        node.end = end;
        node.link = link;
        node.kind = kind;
        node.count = count;
    }

    void begin(uint32_t start, cj_kind kind) {
        open_[depth_++] = node_count_;
        add(start, 0, 0, kind, uint32_t(tape_[at_++] >> 32) & simdjson::internal::JSON_COUNT_MASK);
    }

    void end(uint32_t start) {
        cj_node &node = nodes_[open_[--depth_]];
        node.end = start + 1;
        node.link = node_count_;
        at_++;
    }

    void literal(uint32_t start, uint32_t length, cj_kind kind) {
        add(start, start + length, 0, kind, 0);
        at_++;
    }

    void string(uint32_t start, uint32_t end) {
        const uint8_t *text = strings_ + (tape_[at_++] & payload_mask);
        uint32_t length;
        std::memcpy(&length, text, sizeof length);
        // An escape is always longer than what it stands for.
        if (length == end - start - 2) return add(start, end, 0, CJ_STRING, 0);
        add(start, end, extras_length_, CJ_ESCAPED_STRING, 0);
        extra(text, sizeof length + length);
    }

    void number(uint32_t start, uint32_t end) {
        cj_kind kind = CJ_DOUBLE;
        switch (tape_type(tape_[at_] >> 56)) {
        case tape_type::INT64: kind = CJ_INTEGER; break;
        case tape_type::UINT64: kind = CJ_UNSIGNED; break;
        default: break;
        }
        add(start, end, extras_length_, kind, 0);
        extra(&tape_[at_ + 1], sizeof tape_[0]);
        at_ += 2;
    }

    void extra(const void *bytes, uint32_t length) {
        std::memcpy(extras_ + extras_length_, bytes, length);
        extras_length_ += length;
    }
};

template <typename Number> bool is_exactly(Number &number, const char *first, const char *last) {
    const auto result = std::from_chars(first, last, number);
    return result.ec == std::errc() && result.ptr == last;
}

// Reads a number from the text. Its eight bytes are in the extras already, whatever is in them.
void read_number(cj_node &node, const uint8_t *text, uint8_t *extras) {
    const auto *first = reinterpret_cast<const char *>(text + node.start);
    const auto *last = reinterpret_cast<const char *>(text + node.end);
    int64_t integer;
    uint64_t natural;
    if (is_exactly(integer, first, last)) {
        node.kind = CJ_INTEGER;
        std::memcpy(extras + node.link, &integer, sizeof integer);
    } else if (is_exactly(natural, first, last)) {
        node.kind = CJ_UNSIGNED;
        std::memcpy(extras + node.link, &natural, sizeof natural);
    } else {
        const double nearest = simdjson::internal::from_chars(first, last);
        node.kind = std::isinf(nearest) ? CJ_HUGE : CJ_DOUBLE;
        std::memcpy(extras + node.link, &nearest, sizeof nearest);
    }
}

// Reads all numbers of a document again, since the tape has stand-ins for some. Apart from the builder, so that its
// state may stay in registers.
void read_numbers(const cj_parser &parser, size_t node_count) {
    auto *nodes = reinterpret_cast<cj_node *>(parser.nodes.bytes());
    for (cj_node *node = nodes; node < nodes + node_count; node++) {
        if (node->kind != CJ_INTEGER && node->kind != CJ_UNSIGNED && node->kind != CJ_DOUBLE) continue;
        read_number(*node, parser.input.bytes(), parser.extras.bytes());
    }
}

}

extern "C" cj_outcome cj_parse(cj_parser *parser, const void *text, size_t length, cj_document *document) {
    const cj_outcome outcome = parser->read(text, length);
    if (outcome.status != CJ_OK) {
        parser->settle();
        return outcome;
    }
    const size_t most_nodes = (size_t(parser->engine->n_structural_indexes) + 1) / 2;
    // Eight bytes for each number; for an escaped string at most one more than its place in the source.
    const size_t most_extras = 9 * most_nodes + length;
    if (!parser->nodes.reserve(most_nodes * sizeof(cj_node)) || !parser->extras.reserve(most_extras)) {
        parser->settle();
        return {CJ_NO_MEMORY, -1};
    }
    Builder builder(*parser);
    builder.build();
    if (parser->has_stand_ins) read_numbers(*parser, builder.node_count());

    const size_t nodes_size = builder.node_count() * sizeof(cj_node);
    size_t capacity;
    auto *block = static_cast<uint8_t *>(
        parser->pool.take(nodes_size + builder.extras_length() + length, &capacity));
    if (!block) {
        parser->settle();
        return {CJ_NO_MEMORY, -1};
    }
    uint8_t *extras = block + nodes_size;
    uint8_t *source = extras + builder.extras_length();
    std::memcpy(block, parser->nodes.bytes(), nodes_size);
    std::memcpy(extras, parser->extras.bytes(), builder.extras_length());
    std::memcpy(source, parser->input.bytes(), length);
    *document = {reinterpret_cast<cj_node *>(block), extras, source, builder.node_count(), length, capacity};
    parser->settle();
    return outcome;
}
