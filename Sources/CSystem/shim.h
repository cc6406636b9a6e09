// System calls that Swift's Glibc module does not show.
#pragma once
#include <sys/socket.h>

#ifdef __linux__
// Declared here because <sys/socket.h> shows it only with _GNU_SOURCE, which changes other declarations.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
#endif

#ifdef __linux__
#include <sys/syscall.h>

// Declared here, and RLIMIT_AS written as the kernel's number, so that this module does not take the place of Glibc for
// what <unistd.h> and <sys/resource.h> hold.
extern long syscall(long number, ...);

// Bounds the address space of a running process, as prlimit(2), which <sys/resource.h> shows only with _GNU_SOURCE.
static inline int sluice_limit_memory(int process, unsigned long long bytes) {
    const int addressSpace = 9;
    unsigned long long limits[2] = {bytes, bytes};
    return (int)syscall(SYS_prlimit64, process, addressSpace, limits, (void *)0);
}
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
