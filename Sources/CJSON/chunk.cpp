// Reads the facts of one streamed event from simdjson's tape, without building a document.
#include "parser.hpp"
#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

using simdjson::internal::tape_type;

namespace {

// One entry of the tape, seen as a value.
class Value {
  public:
    Value(const simdjson::dom::document &document, size_t at)
        : document_(&document), at_(at), type_(tape_type(document.tape[at] >> 56)) {}

    size_t at() const { return at_; }
    bool is_null() const { return type_ == tape_type::NULL_VALUE; }
    bool is_object() const { return type_ == tape_type::START_OBJECT; }
    bool is_string() const { return type_ == tape_type::STRING; }
    bool is_array() const { return type_ == tape_type::START_ARRAY; }

    // The entry after the whole value.
    size_t after() const {
        switch (type_) {
        case tape_type::START_OBJECT:
        case tape_type::START_ARRAY: return uint32_t(document_->tape[at_]);
        case tape_type::INT64:
        case tape_type::UINT64:
        case tape_type::DOUBLE: return at_ + 2;
        default: return at_ + 1;
        }
    }

    // Null, "", [] and {} are empty; every other value says something.
    bool is_filled() const {
        switch (type_) {
        case tape_type::NULL_VALUE: return false;
        case tape_type::STRING: return !text().empty();
        case tape_type::START_OBJECT:
        case tape_type::START_ARRAY: return after() > at_ + 2;
        default: return true;
        }
    }

    // Of a string or key only.
    std::string_view text() const {
        const uint8_t *stored = document_->string_buf.get() + (document_->tape[at_] & simdjson::internal::JSON_VALUE_MASK);
        uint32_t length;
        std::memcpy(&length, stored, sizeof length);
        return {reinterpret_cast<const char *>(stored + sizeof length), length};
    }

    bool is_zero() const { return type_ == tape_type::INT64 && document_->tape[at_ + 1] == 0; }

    // A number of tokens. The stand-in of an integer beyond 64 bits is beyond CJ_MOST_TOKENS, too.
    int64_t count() const {
        switch (type_) {
        case tape_type::INT64: return std::clamp<int64_t>(int64_t(document_->tape[at_ + 1]), 0, CJ_MOST_TOKENS);
        case tape_type::UINT64: return CJ_MOST_TOKENS;
        default: return 0;
        }
    }

    template <typename Body> void each_element(Body body) const {
        for (size_t i = at_ + 1; !ends(i);) {
            const Value element(*document_, i);
            body(element);
            i = element.after();
        }
    }

    template <typename Body> void each_member(Body body) const {
        for (size_t i = at_ + 1; !ends(i);) {
            const Value key(*document_, i);
            const Value value(*document_, i + 1);
            body(key.text(), value);
            i = value.after();
        }
    }

    // The value of the only member of an object whose name `is_wanted`; none for several, and for what is no object.
    template <typename Wanted> std::optional<Value> only_member_if(Wanted is_wanted) const {
        std::optional<Value> found;
        size_t count = 0;
        if (!is_object()) return found;
        each_member([&](std::string_view key, const Value &value) {
            if (is_wanted(key)) count++, found.emplace(value);
        });
        return count == 1 ? found : std::nullopt;
    }

    std::optional<Value> only_member(std::string_view name) const {
        return only_member_if([&](std::string_view key) { return key == name; });
    }

    // The only element of an array.
    std::optional<Value> only_element() const {
        if (!is_array() || ends(at_ + 1)) return std::nullopt;
        const Value first(*document_, at_ + 1);
        return ends(first.after()) ? std::optional<Value>(first) : std::nullopt;
    }

  private:
    const simdjson::dom::document *document_;
    size_t at_;
    tape_type type_;

    bool ends(size_t i) const { return i + 1 >= after(); }
};

void read_usage(const Value &usage, cj_chunk_facts &facts) {
    facts.has_usage = true;
    usage.each_member([&](std::string_view key, const Value &value) {
        if (key == "prompt_tokens") facts.prompt_tokens = value.count();
        if (key == "completion_tokens") facts.completion_tokens = value.count();
        if (key == "total_tokens") facts.total_tokens = value.count();
        if (key != "prompt_tokens_details" || !value.is_object()) return;
        value.each_member([&](std::string_view detail, const Value &tokens) {
            if (detail == "cached_tokens") facts.cached_tokens = tokens.count();
        });
    });
}

bool is_content(std::string_view key) {
    return key == "content" || key == "tool_calls" || key == "reasoning_content" || key == "reasoning" ||
           key == "refusal" || key == "function_call" || key == "audio";
}

void read_choice(const Value &choice, cj_chunk_facts &facts) {
    facts.choices++;
    if (!choice.is_object()) return;
    choice.each_member([&](std::string_view key, const Value &value) {
        if (key == "finish_reason" || key == "text") {
            (key == "text" ? facts.has_content : facts.has_finish_reason) |= value.is_filled();
        } else if ((key == "delta" || key == "message") && value.is_object()) {
            value.each_member([&](std::string_view part, const Value &content) {
                if (content.is_filled() && is_content(part)) facts.has_content = true;
            });
        }
    });
}

bool read_only_text(const Value &root, cj_only_text &only) {
    const auto choices = root.only_member("choices");
    const auto choice = choices ? choices->only_element() : std::nullopt;
    if (!choice) return false;
    const auto said = choice->only_member_if([](std::string_view key) { return key == "message" || key == "delta"; });
    const auto content = said ? said->only_member("content") : std::nullopt;
    if (!content || !content->is_string()) return false;
    bool is_first = true;
    only.is_last = false;
    choice->each_member([&](std::string_view key, const Value &value) {
        if (key == "index") is_first = value.is_zero();
        if (key == "finish_reason") only.is_last = !value.is_null();
    });
    const std::string_view text = content->text();
    only.text = reinterpret_cast<const uint8_t *>(text.data());
    only.length = text.size();
    return is_first;
}

}

extern "C" bool cj_read_only_text(cj_parser *parser, const void *text, size_t length, cj_only_text *only) {
    if (length > cj_parser::kept_text || parser->read(text, length).status != CJ_OK) return false;
    return read_only_text(Value(parser->tape, 1), *only);
}

extern "C" cj_outcome cj_read_chunk(cj_parser *parser, const void *text, size_t length, cj_chunk_facts *facts) {
    *facts = {};
    const cj_outcome outcome = parser->read(text, length);
    if (outcome.status == CJ_OK) {
        const Value root(parser->tape, 1);
        facts->is_object = root.is_object();
        if (facts->is_object) {
            root.each_member([&](std::string_view key, const Value &value) {
                if (key == "error") facts->has_error |= !value.is_null();
                if (key == "usage" && value.is_object()) read_usage(value, *facts);
                if (key == "choices" && value.is_array()) {
                    value.each_element([&](const Value &choice) { read_choice(choice, *facts); });
                }
            });
        }
    }
    parser->settle();
    return outcome;
}
