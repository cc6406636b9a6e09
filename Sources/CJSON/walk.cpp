#include "cjson_walk.h"
#include <new>
#include <simdjson.h>
#include <vector>

namespace ondemand = simdjson::ondemand;

struct cj_walk {
  simdjson::padded_string json;
  ondemand::parser parser;
  std::vector<cj_walk_event> events;
  size_t max_depth;
  cj_walk_failure failure = CJ_WALK_OK;
  size_t failure_offset = 0;

  cj_walk(const char *text, size_t length, size_t depth) : json(text, length), max_depth(depth) {}

  size_t offset(const char *place) const {
    return place >= json.data() && place <= json.data() + json.size() ? size_t(place - json.data()) : json.size();
  }

  void fail(simdjson::error_code error, size_t at) {
    failure = kind_of(error);
    failure_offset = at;
  }

  static cj_walk_failure kind_of(simdjson::error_code error) {
    switch (error) {
    case simdjson::EMPTY: return CJ_WALK_EMPTY;
    case simdjson::UTF8_ERROR: return CJ_WALK_NOT_UTF8;
    case simdjson::UNCLOSED_STRING:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return CJ_WALK_UNCLOSED;
    case simdjson::DEPTH_ERROR: return CJ_WALK_TOO_DEEP;
    case simdjson::NUMBER_ERROR: return CJ_WALK_BAD_NUMBER;
    case simdjson::STRING_ERROR: return CJ_WALK_BAD_STRING;
    default: return CJ_WALK_SYNTAX;
    }
  }

  void push(cj_walk_kind kind, size_t at) { events.push_back({kind, at, nullptr, 0, 0, 0}); }

  void push(cj_walk_kind kind, size_t at, std::string_view text) {
    events.push_back({kind, at, text.data(), text.size(), 0, 0});
  }

  // Where the parser stands, for errors between values.
  size_t here(ondemand::document &document) const {
    const char *place = nullptr;
    return document.current_location().get(place) ? json.size() : offset(place);
  }

  bool walk(ondemand::document &document) {
    ondemand::json_type type;
    if (auto error = document.type().get(type)) return fail(error, here(document)), false;
    if (type != ondemand::json_type::object) {
      failure = CJ_WALK_NOT_OBJECT;
      failure_offset = here(document);
      return false;
    }
    ondemand::object object;
    push(CJ_WALK_OBJECT, here(document));
    if (auto error = document.get_object().get(object)) return fail(error, here(document)), false;
    if (!members(document, object, 1)) return false;
    const char *after = nullptr;
    if (!document.current_location().get(after)) return fail(simdjson::TAPE_ERROR, offset(after)), false;
    return true;
  }

  bool members(ondemand::document &document, ondemand::object &object, size_t depth) {
    for (auto result : object) {
      ondemand::field field;
      if (auto error = std::move(result).get(field)) return fail(error, here(document)), false;
      size_t at = offset(field.key().raw()) - 1;
      std::string_view name;
      if (auto error = field.unescaped_key().get(name)) return fail(error, at), false;
      push(CJ_WALK_KEY, at, name);
      ondemand::value value = field.value();
      if (!one(document, value, depth)) return false;
    }
    push(CJ_WALK_OBJECT_END, 0);
    return true;
  }

  bool elements(ondemand::document &document, ondemand::array &array, size_t depth) {
    for (auto result : array) {
      ondemand::value value;
      if (auto error = std::move(result).get(value)) return fail(error, here(document)), false;
      if (!one(document, value, depth)) return false;
    }
    push(CJ_WALK_ARRAY_END, 0);
    return true;
  }

  bool one(ondemand::document &document, ondemand::value &value, size_t depth) {
    size_t at = offset(value.raw_json_token().data());
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return fail(error, at), false;
    switch (type) {
    case ondemand::json_type::object: {
      if (depth == max_depth) return fail(simdjson::DEPTH_ERROR, at), false;
      push(CJ_WALK_OBJECT, at);
      ondemand::object object;
      if (auto error = value.get_object().get(object)) return fail(error, here(document)), false;
      return members(document, object, depth + 1);
    }
    case ondemand::json_type::array: {
      if (depth == max_depth) return fail(simdjson::DEPTH_ERROR, at), false;
      push(CJ_WALK_ARRAY, at);
      ondemand::array array;
      if (auto error = value.get_array().get(array)) return fail(error, here(document)), false;
      return elements(document, array, depth + 1);
    }
    default: return scalar(value, type, at);
    }
  }

  bool scalar(ondemand::value &value, ondemand::json_type type, size_t at) {
    if (type == ondemand::json_type::string) {
      std::string_view text;
      if (auto error = value.get_string().get(text)) return fail(error, at), false;
      push(CJ_WALK_STRING, at, text);
    } else if (type == ondemand::json_type::boolean) {
      bool flag;
      if (auto error = value.get_bool().get(flag)) return fail(error, at), false;
      push(flag ? CJ_WALK_TRUE : CJ_WALK_FALSE, at);
    } else if (type == ondemand::json_type::null) {
      bool is_null = false;
      if (simdjson::simdjson_result<bool>(value.is_null()).get(is_null) || !is_null)
        return fail(simdjson::TAPE_ERROR, at), false;
      push(CJ_WALK_NULL, at);
    } else {
      ondemand::number number;
      if (auto error = value.get_number().get(number)) return fail(error, at), false;
      cj_walk_event event = {CJ_WALK_NUMBER, at, nullptr, 0, 0, number.as_double()};
      if (number.is_int64()) event.kind = CJ_WALK_INTEGER, event.integer = number.get_int64();
      events.push_back(event);
    }
    return true;
  }
};

extern "C" cj_walk *cj_walk_start(const char *json, size_t length, size_t max_depth) {
  cj_walk *walk = new (std::nothrow) cj_walk(json, length, max_depth);
  if (!walk) return nullptr;
  ondemand::document document;
  if (auto error = walk->parser.iterate(walk->json).get(document)) {
    walk->fail(error, 0);
  } else {
    walk->walk(document);
  }
  return walk;
}

extern "C" cj_walk_failure cj_walk_result(const cj_walk *walk, size_t *offset) {
  *offset = walk->failure_offset;
  return walk->failure;
}

extern "C" size_t cj_walk_count(const cj_walk *walk) { return walk->events.size(); }

extern "C" cj_walk_event cj_walk_event_at(const cj_walk *walk, size_t index) { return walk->events[index]; }

extern "C" void cj_walk_free(cj_walk *walk) { delete walk; }
