/* What the mock provider says, made once at the start. Included by mockllm.c alone. */
#pragma once

static char *mkchunk(const char *data, int *len) {
    char *o;
    *len = asprintf(&o, "%zx\r\n%s\r\n", strlen(data), data);
    return o;
}
static void prepare(void) {
    static const char *words[] = {" the",   " model", " answers", " with", " a",    " token", " stream", " that",
                                  " looks", " like",  " real",    " text", ", and", " it",    " goes",   " on"};
    char b[2048];
    const char *pre = "data: "
                      "{\"id\":\"chatcmpl-9f2c1e7a8b3d4e5f\",\"object\":\"chat.completion.chunk\",\"created\":"
                      "1760000000,\"model\":\"mock-model\",\"choices\":[";
    for (int i = 0; i < NTOK; i++) {
        snprintf(b, sizeof b,
                 "%s{\"index\":0,\"delta\":{\"content\":\"%s\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n", pre,
                 words[i % 16]);
        ck_tok[i] = mkchunk(b, &ck_tok_len[i]);
    }
    snprintf(b, sizeof b,
             "%s{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":"
             "null}]}\n\n",
             pre);
    ck_role = mkchunk(b, &ck_role_len);
    snprintf(b, sizeof b, "%s{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n", pre);
    ck_fin = mkchunk(b, &ck_fin_len);
    snprintf(b, sizeof b, "%s],\"usage\":{\"prompt_tokens\":42,\"completion_tokens\":100,\"total_tokens\":142}}\n\n",
             pre);
    ck_usage = mkchunk(b, &ck_usage_len);
    char *d = mkchunk("data: [DONE]\n\n", &ck_done_len);
    ck_done_len = asprintf(&ck_done, "%s0\r\n\r\n", d);
    hdr_stream_len = asprintf(
        &hdr_stream,
        "HTTP/1.1 200 OK\r\nserver: mockllm\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: "
        "no-cache\r\nx-request-id: req-mock-0001\r\ntransfer-encoding: chunked\r\n\r\n");
    const char *txt =
        "Paris is the capital of France. It has been the country's political and cultural centre for many centuries, "
        "and with its surroundings it is home to about twelve million people. If you would like to know more about its "
        "history, its museums or how to get around, I am glad to help with that as well.";
    char *j;
    int jl = asprintf(
        &j,
        "{\"id\":\"chatcmpl-9f2c1e7a8b3d4e5f\",\"object\":\"chat.completion\",\"created\":1760000000,\"model\":\"mock-"
        "model\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\",\"refusal\":null},"
        "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":42,\"completion_tokens\":64,"
        "\"total_tokens\":106,\"prompt_tokens_details\":{\"cached_tokens\":0}},\"system_fingerprint\":\"fp_mock\"}",
        txt);
    full_len = asprintf(&full,
                        "HTTP/1.1 200 OK\r\nserver: mockllm\r\ncontent-type: application/json\r\nx-request-id: "
                        "req-mock-0001\r\ncontent-length: %d\r\n\r\n%s",
                        jl, j);
    const char *mj = "{\"object\":\"list\",\"data\":[{\"id\":\"mock-model\",\"object\":\"model\",\"created\":"
                     "1760000000,\"owned_by\":\"mock\",\"root\":\"mock-model\",\"max_model_len\":32768}]}";
    models_len = asprintf(&models, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s",
                          strlen(mj), mj);
    const char *oj = "{\"status\":\"ok\",\"model_path\":\"mock-model\",\"served_model_name\":\"mock-model\",\"is_"
                     "generation\":true,\"tokenizer_path\":\"\",\"version\":\"0.0.0\"}";
    okj_len = asprintf(&okj, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s",
                       strlen(oj), oj);
}
