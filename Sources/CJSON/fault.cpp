// Finds the fault in a text that simdjson refused, since simdjson does not tell where it stopped. A plain walk over
// the bytes by RFC 8259 and RFC 3629, written to be easy to check rather than fast.
#include "parser.hpp"
#include <cstring>

namespace {

class FaultFinder {
  public:
    FaultFinder(uint8_t *text, size_t length, uint32_t max_depth, uint8_t *open)
        : text_(text), length_(length), max_depth_(max_depth), open_(open) {}

    cj_outcome find() {
        if (!check_utf8()) return fault_;
        skip_space();
        if (at_ == length_) return {CJ_EMPTY, -1};
        if (!check_value()) return fault_;
        while (depth_ > 0) {
            if (!check_next()) return fault_;
        }
        skip_space();
        if (at_ < length_) return {CJ_NOT_JSON, int64_t(at_)};
        return {CJ_OK, -1};
    }

  private:
    // More digits may be too many for an integer of 64 bits.
    static constexpr size_t stand_in_digits = 18;

    uint8_t *text_;
    size_t length_;
    uint32_t max_depth_;
    uint8_t *open_; // the closing bracket of each open container
    uint32_t depth_ = 0;
    size_t at_ = 0;
    cj_outcome fault_ = {CJ_NOT_JSON, -1};

    bool fail(cj_status status, size_t at) {
        fault_ = {status, int64_t(at)};
        return false;
    }
    bool fail() { return fail(CJ_NOT_JSON, at_); }

    // The text is followed by a zero byte, which no rule accepts.
    uint8_t peek() const { return text_[at_]; }

    bool check_utf8() {
        size_t i = 0;
        while (i < length_) {
            const size_t size = sequence_size(i);
            if (size == 0) return fail(CJ_NOT_UTF8, i);
            i += size;
        }
        return true;
    }

    // The length of the well-formed sequence at i (RFC 3629 section 4), or 0.
    size_t sequence_size(size_t i) const {
        const uint8_t lead = text_[i];
        if (lead < 0x80) return 1;
        if (lead < 0xC2 || lead > 0xF4) return 0;
        const size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length_ - i < size) return 0;
        for (size_t k = 1; k < size; k++) {
            if ((text_[i + k] & 0xC0) != 0x80) return 0;
        }
        const uint8_t second = text_[i + 1];
        if (lead == 0xE0 && second < 0xA0) return 0;
        if (lead == 0xED && second > 0x9F) return 0;
        if (lead == 0xF0 && second < 0x90) return 0;
        if (lead == 0xF4 && second > 0x8F) return 0;
        return size;
    }

    void skip_space() {
        while (at_ < length_ && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) at_++;
    }

    // What follows a value inside the innermost open container: the end of it, or a comma and one more value.
    bool check_next() {
        skip_space();
        const uint8_t closing = open_[depth_ - 1];
        if (peek() == closing) {
            depth_--;
            at_++;
            return true;
        }
        if (peek() != ',') return fail();
        at_++;
        return closing == '}' ? check_member() : check_value();
    }

    bool check_member() { return check_key() && check_value(); }

    // A key and its colon.
    bool check_key() {
        skip_space();
        if (peek() != '"') return fail();
        if (!check_string()) return false;
        skip_space();
        if (peek() != ':') return fail();
        at_++;
        return true;
    }

    // One value; of a container its opening bracket and first value, if it has one.
    bool check_value() {
        for (;;) {
            skip_space();
            switch (peek()) {
            case '"': return check_string();
            case 't': return check_literal("true");
            case 'f': return check_literal("false");
            case 'n': return check_literal("null");
            case '{':
            case '[': break;
            default: return check_number();
            }
            if (depth_ == max_depth_) return fail(CJ_TOO_DEEP, at_);
            const uint8_t closing = peek() == '{' ? '}' : ']';
            open_[depth_++] = closing;
            at_++;
            skip_space();
            if (peek() == closing) {
                depth_--;
                at_++;
                return true;
            }
            if (closing == '}' && !check_key()) return false;
        }
    }

    bool check_literal(const char *word) {
        for (; *word; word++, at_++) {
            if (peek() != uint8_t(*word)) return fail();
        }
        return true;
    }

    bool check_string() {
        at_++;
        for (; at_ < length_; at_++) {
            const uint8_t byte = peek();
            if (byte == '"') {
                at_++;
                return true;
            }
            if (byte < 0x20) return fail();
            if (byte == '\\' && !check_escape()) return false;
        }
        return fail();
    }

    // Leaves the position at the last byte of the escape.
    bool check_escape() {
        const size_t start = at_++;
        switch (peek()) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': return true;
        case 'u': break;
        default: return fail(CJ_NOT_JSON, start);
        }
        uint32_t unit;
        if (!read_unit(&unit) || (unit >= 0xDC00 && unit <= 0xDFFF)) return fail(CJ_NOT_JSON, start);
        if (unit < 0xD800 || unit > 0xDBFF) return true;
        if (text_[at_ + 1] != '\\' || text_[at_ + 2] != 'u') return fail(CJ_NOT_JSON, start);
        at_ += 2;
        if (!read_unit(&unit) || unit < 0xDC00 || unit > 0xDFFF) return fail(CJ_NOT_JSON, start);
        return true;
    }

    bool read_unit(uint32_t *unit) {
        *unit = 0;
        for (int k = 0; k < 4; k++) {
            const uint8_t digit = text_[++at_];
            if (digit >= '0' && digit <= '9') {
                *unit = *unit * 16 + digit - '0';
            } else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f') {
                *unit = *unit * 16 + (digit | 0x20) - 'a' + 10;
            } else {
                return false;
            }
        }
        return true;
    }

    bool check_digits() {
        const size_t start = at_;
        while (peek() >= '0' && peek() <= '9') at_++;
        return at_ > start || fail();
    }

    bool check_number() {
        const size_t start = at_;
        if (peek() == '-') at_++;
        const size_t digits = at_;
        if (peek() == '0') {
            at_++;
        } else if (!check_digits()) {
            return false;
        }
        const size_t whole = at_;
        if (peek() == '.') {
            at_++;
            if (!check_digits()) return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            at_++;
            if (peek() == '+' || peek() == '-') at_++;
            if (!check_digits()) return false;
        }
        if (at_ > whole) {
            text_[start] = '0';
            blank(start + 1);
        } else if (whole - digits > stand_in_digits) {
            blank(digits + stand_in_digits);
        }
        return true;
    }

    // White space behind a number changes nothing.
    void blank(size_t start) { std::memset(text_ + start, ' ', at_ - start); }
};

}

cj_outcome locate_fault(uint8_t *text, size_t length, uint32_t max_depth, uint8_t *open) noexcept {
    return FaultFinder(text, length, max_depth, open).find();
}
