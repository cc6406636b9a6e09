// Documents of which elements of an array were dropped: the nodes that are left, moved, in place of another parse.
#include "parser.hpp"
#include <cstring>

namespace {

bool is_container(const cj_node &node) { return node.kind == CJ_OBJECT || node.kind == CJ_ARRAY; }

// Bytes of the source that go, from the first to before the last.
struct Cut {
    uint32_t first;
    uint32_t last;
};

class Dropping {
  public:
    Dropping(const cj_document &whole, uint32_t array, const bool *is_dropped, Cut *cuts)
        : whole_(whole), array_(array), is_dropped_(is_dropped), cuts_(cuts) {}

    // Finds what goes. One separator goes with each element: that before it, or, where no element is left before it,
    // that after it.
    void look() {
        const cj_node &array = whole_.nodes[array_];
        bool has_kept = false, is_open = false;
        Cut cut = {0, 0};
        uint32_t kept_end = 0, at = array_ + 1;
        for (uint32_t place = 0; place < array.count; place++) {
            const cj_node &element = whole_.nodes[at];
            const uint32_t next = following(at);
            if (is_dropped_[place]) {
                if (!is_open) cut.first = has_kept ? kept_end : element.start;
                cut.last = element.end;
                is_open = true;
                nodes_gone_ += next - at;
            } else {
                if (is_open) add({cut.first, has_kept ? cut.last : element.start});
                is_open = false;
                has_kept = true;
                kept_end = element.end;
                kept_++;
            }
            at = next;
        }
        if (is_open) add(cut);
    }

    size_t node_count() const { return whole_.node_count - nodes_gone_; }
    size_t source_length() const { return whole_.source_length - bytes_gone_; }

    // Writes what is left; returns the length of the extras.
    size_t write_nodes(cj_node *nodes, uint8_t *extras) {
        nodes_ = nodes;
        extras_ = extras;
        const cj_node &array = whole_.nodes[array_];
        // What is before the elements keeps its place; what ends behind them is shorter.
        for (uint32_t at = 0; at <= array_; at++) {
            const bool is_around = is_container(whole_.nodes[at]) && whole_.nodes[at].link > array_;
            keep(at, 0, is_around ? bytes_gone_ : 0, is_around ? nodes_gone_ : 0);
        }
        nodes[array_].count = kept_;
        uint32_t at = array_ + 1, gone = 0, bytes = 0;
        const Cut *cut = cuts_;
        for (uint32_t place = 0; place < array.count; place++) {
            const uint32_t next = following(at);
            if (is_dropped_[place]) {
                gone += next - at;
                at = next;
                continue;
            }
            while (cut < cuts_ + cut_count_ && cut->last <= whole_.nodes[at].start) {
                bytes += cut->last - cut->first;
                cut++;
            }
            for (; at < next; at++) keep(at, bytes, bytes, gone);
        }
        for (; at < whole_.node_count; at++) keep(at, bytes_gone_, bytes_gone_, nodes_gone_);
        return extras_length_;
    }

    void write_source(uint8_t *source) const {
        uint32_t from = 0;
        for (const Cut *cut = cuts_; cut < cuts_ + cut_count_; cut++) {
            std::memcpy(source, whole_.source + from, cut->first - from);
            source += cut->first - from;
            from = cut->last;
        }
        std::memcpy(source, whole_.source + from, whole_.source_length - from);
    }

  private:
    const cj_document &whole_;
    uint32_t array_;
    const bool *is_dropped_;
    Cut *cuts_;
    uint32_t cut_count_ = 0;
    uint32_t bytes_gone_ = 0;
    uint32_t nodes_gone_ = 0;
    uint32_t kept_ = 0;
    cj_node *nodes_ = nullptr;
    uint8_t *extras_ = nullptr;
    uint32_t node_count_ = 0;
    uint32_t extras_length_ = 0;

    uint32_t following(uint32_t at) const {
        return is_container(whole_.nodes[at]) ? whole_.nodes[at].link : at + 1;
    }

    void add(Cut cut) {
        cuts_[cut_count_++] = cut;
        bytes_gone_ += cut.last - cut.first;
    }

    void keep(uint32_t at, uint32_t before_start, uint32_t before_end, uint32_t before_link) {
        cj_node node = whole_.nodes[at];
        node.start -= before_start;
        node.end -= before_end;
        if (is_container(node)) {
            node.link -= before_link;
        } else if (const uint32_t length = extra_length(node)) {
            std::memcpy(extras_ + extras_length_, whole_.extras + node.link, length);
            node.link = extras_length_;
            extras_length_ += length;
        }
        nodes_[node_count_++] = node;
    }

    // Of what the node has in the extras.
    uint32_t extra_length(const cj_node &node) const {
        uint32_t length = 0;
        switch (node.kind) {
        case CJ_ESCAPED_STRING:
            std::memcpy(&length, whole_.extras + node.link, sizeof length);
            return length + sizeof length;
        case CJ_INTEGER:
        case CJ_UNSIGNED:
        case CJ_DOUBLE:
        case CJ_HUGE: return sizeof(uint64_t);
        default: return 0;
        }
    }
};

}

extern "C" bool cj_drop_elements(
    cj_parser *parser, const cj_document *whole, size_t array, const bool *is_dropped, cj_document *document) {
    if (!parser->nodes.reserve((whole->nodes[array].count + 1) * sizeof(Cut))) return false;
    Dropping dropping(*whole, uint32_t(array), is_dropped, reinterpret_cast<Cut *>(parser->nodes.bytes()));
    dropping.look();
    const size_t nodes_size = dropping.node_count() * sizeof(cj_node);
    const size_t most_extras = size_t(whole->source - whole->extras);
    size_t capacity;
    auto *block =
        static_cast<uint8_t *>(parser->pool.take(nodes_size + most_extras + dropping.source_length(), &capacity));
    if (block) {
        uint8_t *extras = block + nodes_size;
        uint8_t *source = extras + dropping.write_nodes(reinterpret_cast<cj_node *>(block), extras);
        dropping.write_source(source);
        *document = {
            reinterpret_cast<cj_node *>(block), extras, source, dropping.node_count(), dropping.source_length(), capacity};
    }
    parser->settle();
    return block != nullptr;
}
