// System calls that Swift's Glibc module does not show.
#pragma once
#include <sys/socket.h>

#ifdef __linux__
// Declared here because <sys/socket.h> shows it only with _GNU_SOURCE, which changes other declarations.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
#endif

// Accepts a connection whose descriptor is non-blocking and closed on exec; -1 and errno as accept(2).
static inline int sluice_accept(int descriptor, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
#ifdef __linux__
    return accept4(descriptor, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    return accept(descriptor, (struct sockaddr *)address, &length);
#endif
}
