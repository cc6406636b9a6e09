#include "cregex.h"
#include <algorithm>
#include <cstring>
#include <new>
#include <re2/re2.h>
#include <string>

struct cr_pattern {
    RE2 expression;

    cr_pattern(re2::StringPiece text, const RE2::Options &options) : expression(text, options) {}
};

namespace {

re2::StringPiece piece(const void *text, size_t length) { return {static_cast<const char *>(text), length}; }

void tell(const std::string &what, char *reason, size_t room) {
    if (room == 0) return;
    const size_t count = std::min(what.size(), room - 1);
    std::memcpy(reason, what.data(), count);
    reason[count] = 0;
}

} // namespace

cr_pattern *cr_pattern_new(const void *text, size_t length, int64_t max_memory, char *reason, size_t room) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_memory);
    auto *pattern = new (std::nothrow) cr_pattern(piece(text, length), options);
    if (pattern == nullptr) {
        tell("out of memory", reason, room);
        return nullptr;
    }
    if (pattern->expression.ok()) return pattern;
    tell(pattern->expression.error(), reason, room);
    delete pattern;
    return nullptr;
}

void cr_pattern_free(cr_pattern *pattern) { delete pattern; }

bool cr_pattern_occurs(const cr_pattern *pattern, const void *text, size_t length) {
    return pattern->expression.Match(piece(text, length), 0, length, RE2::UNANCHORED, nullptr, 0);
}

bool cr_pattern_find(
    const cr_pattern *pattern, const void *text, size_t length, size_t from, size_t to, size_t *start, size_t *end) {
    const re2::StringPiece whole = piece(text, length);
    re2::StringPiece found;
    if (!pattern->expression.Match(whole, from, to, RE2::UNANCHORED, &found, 1)) return false;
    *start = size_t(found.data() - whole.data());
    *end = *start + found.size();
    return true;
}

bool cr_pattern_match_at(
    const cr_pattern *pattern, const void *text, size_t length, size_t from, size_t to, size_t *end) {
    const re2::StringPiece whole = piece(text, length);
    re2::StringPiece found;
    if (!pattern->expression.Match(whole, from, to, RE2::ANCHOR_START, &found, 1)) return false;
    *end = size_t(found.data() - whole.data()) + found.size();
    return true;
}

bool cr_pattern_begins_ascii(const cr_pattern *pattern) {
    std::string least, most;
    return pattern->expression.PossibleMatchRange(&least, &most, 8) && !most.empty() && uint8_t(most[0]) < 0x80;
}
