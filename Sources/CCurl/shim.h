// libcurl for Swift. Only what Swift cannot call: variadic functions and members of an anonymous union.
#pragma once
#include <curl/curl.h>
#include <stdlib.h>

typedef size_t (*sluice_curl_data_fn)(char *bytes, size_t size, size_t count, void *context);
typedef curl_socket_t (*sluice_curl_open_fn)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*sluice_curl_close_fn)(void *context, curl_socket_t descriptor);
typedef int (*sluice_curl_socket_fn)(CURL *easy, curl_socket_t descriptor, int what, void *context, void *assigned);
typedef int (*sluice_curl_timer_fn)(CURLM *multi, long milliseconds, void *context);

// The parentheses keep curl's own type-checking macros away.
static inline CURLcode sluice_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode sluice_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode sluice_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode sluice_curl_set_data_fn(CURL *easy, CURLoption option, sluice_curl_data_fn function) {
    return (curl_easy_setopt)(easy, option, function);
}
static inline CURLcode sluice_curl_set_open_fn(CURL *easy, sluice_curl_open_fn function) {
    return (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}
static inline CURLcode sluice_curl_set_close_fn(CURL *easy, sluice_curl_close_fn function) {
    return (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
}
typedef int (*sluice_curl_prerequest_fn)(void *context, char *peer, char *own, int peer_port, int own_port);
static inline CURLcode sluice_curl_set_prerequest_fn(CURL *easy, sluice_curl_prerequest_fn function) {
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, function);
}
static inline long sluice_curl_info_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return (curl_easy_getinfo)(easy, info, &value) == CURLE_OK ? value : 0;
}
static inline void *sluice_curl_info_pointer(CURL *easy, CURLINFO info) {
    void *value = NULL;
    return (curl_easy_getinfo)(easy, info, &value) == CURLE_OK ? value : NULL;
}
static inline CURLMcode sluice_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline void sluice_curl_multi_set_socket_fn(CURLM *multi, sluice_curl_socket_fn function, void *context) {
    (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, context);
    (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, function);
}
static inline void sluice_curl_multi_set_timer_fn(CURLM *multi, sluice_curl_timer_fn function, void *context) {
    (curl_multi_setopt)(multi, CURLMOPT_TIMERDATA, context);
    (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, function);
}
static inline CURLcode sluice_curl_result(const CURLMsg *message) { return message->data.result; }
static inline CURLcode sluice_curl_info_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}
// The descriptor of a handle's connection; -1: it has none.
static inline int sluice_curl_info_socket(CURL *easy) {
    curl_socket_t value = CURL_SOCKET_BAD;
    return (curl_easy_getinfo)(easy, CURLINFO_ACTIVESOCKET, &value) == CURLE_OK ? (int)value : -1;
}
