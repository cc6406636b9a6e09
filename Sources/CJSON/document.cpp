#include "cjson.h"
#include <simdjson.h>
extern "C" int cj_probe(void) { simdjson::dom::parser p; return (int)p.max_capacity(); }
