// The parser's own state, shared by the files of this target and seen by nobody else.
#ifndef SLUICE_PARSER_HPP
#define SLUICE_PARSER_HPP

#include "include/cjson.h"
#include <cstdlib>
#include <memory>
#include <simdjson.h>

// Memory from malloc that grows and never keeps its contents while growing.
class Scratch {
  public:
    ~Scratch() { std::free(base_); }
    Scratch() = default;
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    bool reserve(size_t bytes) noexcept {
        if (bytes <= capacity_) return true;
        if (bytes < 2 * capacity_) bytes = 2 * capacity_;
        release();
        base_ = static_cast<uint8_t *>(std::malloc(bytes));
        capacity_ = base_ ? bytes : 0;
        return base_ != nullptr;
    }
    void release() noexcept {
        std::free(base_);
        base_ = nullptr;
        capacity_ = 0;
    }
    uint8_t *bytes() const noexcept { return base_; }
    size_t capacity() const noexcept { return capacity_; }

  private:
    uint8_t *base_ = nullptr;
    size_t capacity_ = 0;
};

// Freed document memory that waits for the next document, at most `slots` blocks and none of more than `largest`
// bytes. Blocks below `smallest` go straight to malloc, which is as fast for them.
class BlockPool {
  public:
    static constexpr size_t smallest = 16 * 1024;
    static constexpr size_t largest = 1024 * 1024;
    static constexpr size_t slots = 4;

    ~BlockPool();
    // A block of at least `bytes`, its size in `capacity`; NULL: no memory.
    void *take(size_t bytes, size_t *capacity) noexcept;
    void give(void *block, size_t capacity) noexcept;
    size_t kept() const noexcept;

  private:
    struct Block {
        void *base;
        size_t capacity;
    };
    Block blocks_[slots] = {};
};

struct cj_parser {
    // Texts up to this long leave their scratch memory behind for the next one.
    static constexpr size_t kept_text = 1024 * 1024;

    uint32_t max_depth;
    uint32_t max_values;
    size_t capacity = 0; // the longest text that the scratch memory serves
    std::unique_ptr<simdjson::internal::dom_parser_implementation> engine;
    simdjson::dom::document tape;
    Scratch input;  // the text and simdjson's padding
    Scratch nodes;  // of the document being built
    Scratch extras; // of the document being built
    Scratch open;   // uint32_t per level: indexes of the containers that are open
    BlockPool pool;
    // The tape has stand-ins for some numbers of the text in `input`; see locate_fault.
    bool has_stand_ins = false;

    // Copies the text and fills the tape and the structural indexes.
    cj_outcome read(const void *text, size_t length) noexcept;
    // Gives scratch memory back after an uncommonly long text.
    void settle() noexcept;

  private:
    bool reserve(size_t length) noexcept;
    cj_outcome read_refused(const void *text, size_t length, bool is_indexed) noexcept;
};

// Why and where a text that simdjson refused is at fault. Slow; runs on refusals only. `text` must be followed by a
// zero byte, `open` has room for max_depth bytes.
//
// CJ_OK: nowhere, simdjson only cannot hold all of its numbers. Then each number that may be such a one is overwritten
// by a stand-in and blanks: a fraction by 0, an integer by its first 18 digits.
cj_outcome locate_fault(uint8_t *text, size_t length, uint32_t max_depth, uint8_t *open) noexcept;

#endif
