// The compiler puts the files into the binary and notes them as what this file depends on: an edited file leads to a
// rebuild. A new one needs its lines here.
#include "cweb.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#define FILE(id) static const unsigned char id[] =
#define ENTRY(name, id) { name, id, sizeof id }

FILE(frame_html) {
#embed "../Gateway/Web/Pages/frame.html"
};
FILE(index_html) {
#embed "../Gateway/Web/Pages/index.html"
};
FILE(docs_html) {
#embed "../Gateway/Web/Pages/docs.html"
};
FILE(redoc_html) {
#embed "../Gateway/Web/Pages/redoc.html"
};
FILE(results_html) {
#embed "../Gateway/Web/Pages/results.html"
};
FILE(console_html) {
#embed "../Gateway/Web/Pages/console.html"
};
FILE(icon_svg) {
#embed "../Gateway/Web/Pages/icon.svg"
};
FILE(base_css) {
#embed "../Gateway/Web/Pages/base.css"
};
FILE(landing_css) {
#embed "../Gateway/Web/Pages/landing.css"
};
FILE(reference_css) {
#embed "../Gateway/Web/Pages/reference.css"
};
FILE(results_css) {
#embed "../Gateway/Web/Pages/results.css"
};
FILE(console_css) {
#embed "../Gateway/Web/Pages/console.css"
};
FILE(dom_js) {
#embed "../Gateway/Web/Pages/dom.js"
};
FILE(events_js) {
#embed "../Gateway/Web/Pages/events.js"
};
FILE(highlight_js) {
#embed "../Gateway/Web/Pages/highlight.js"
};
FILE(diff_js) {
#embed "../Gateway/Web/Pages/diff.js"
};
FILE(openapi_js) {
#embed "../Gateway/Web/Pages/openapi.js"
};
FILE(menu_js) {
#embed "../Gateway/Web/Pages/menu.js"
};
FILE(call_js) {
#embed "../Gateway/Web/Pages/call.js"
};
FILE(answer_js) {
#embed "../Gateway/Web/Pages/answer.js"
};
FILE(docs_js) {
#embed "../Gateway/Web/Pages/docs.js"
};
FILE(redoc_js) {
#embed "../Gateway/Web/Pages/redoc.js"
};
FILE(task_js) {
#embed "../Gateway/Web/Pages/task.js"
};
FILE(rounds_js) {
#embed "../Gateway/Web/Pages/rounds.js"
};
FILE(results_js) {
#embed "../Gateway/Web/Pages/results.js"
};
FILE(figures_js) {
#embed "../Gateway/Web/Pages/figures.js"
};
FILE(plot_js) {
#embed "../Gateway/Web/Pages/plot.js"
};
FILE(table_js) {
#embed "../Gateway/Web/Pages/table.js"
};
FILE(overview_js) {
#embed "../Gateway/Web/Pages/overview.js"
};
FILE(operations_js) {
#embed "../Gateway/Web/Pages/operations.js"
};
FILE(playground_js) {
#embed "../Gateway/Web/Pages/playground.js"
};
FILE(view_js) {
#embed "../Gateway/Web/Pages/view.js"
};
FILE(usage_js) {
#embed "../Gateway/Web/Pages/usage.js"
};
FILE(live_js) {
#embed "../Gateway/Web/Pages/live.js"
};
FILE(seat_js) {
#embed "../Gateway/Web/Pages/seat.js"
};
FILE(record_js) {
#embed "../Gateway/Web/Pages/record.js"
};
FILE(console_js) {
#embed "../Gateway/Web/Pages/console.js"
};
FILE(openapi_json) {
#embed "../Gateway/Web/Pages/openapi.json"
};

static const cweb_file files[] = {
    ENTRY("frame.html", frame_html), ENTRY("landing.css", landing_css),
    ENTRY("index.html", index_html), ENTRY("docs.html", docs_html), ENTRY("redoc.html", redoc_html),
    ENTRY("results.html", results_html), ENTRY("console.html", console_html), ENTRY("icon.svg", icon_svg),
    ENTRY("base.css", base_css), ENTRY("reference.css", reference_css), ENTRY("results.css", results_css),
    ENTRY("console.css", console_css), ENTRY("dom.js", dom_js), ENTRY("events.js", events_js),
    ENTRY("highlight.js", highlight_js), ENTRY("diff.js", diff_js), ENTRY("openapi.js", openapi_js),
    ENTRY("menu.js", menu_js), ENTRY("call.js", call_js), ENTRY("answer.js", answer_js), ENTRY("docs.js", docs_js),
    ENTRY("redoc.js", redoc_js), ENTRY("task.js", task_js), ENTRY("rounds.js", rounds_js),
    ENTRY("results.js", results_js), ENTRY("figures.js", figures_js), ENTRY("plot.js", plot_js),
    ENTRY("table.js", table_js), ENTRY("overview.js", overview_js), ENTRY("operations.js", operations_js),
    ENTRY("playground.js", playground_js), ENTRY("seat.js", seat_js), ENTRY("record.js", record_js),
    ENTRY("view.js", view_js), ENTRY("usage.js", usage_js), ENTRY("live.js", live_js),
    ENTRY("console.js", console_js), ENTRY("openapi.json", openapi_json),
};

size_t cweb_count(void) { return sizeof files / sizeof files[0]; }

cweb_file cweb_at(size_t index) { return files[index]; }
