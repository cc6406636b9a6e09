// The files of Gateway/Web/Pages, as they were when the binary was built.
#ifndef SLUICE_CWEB_H
#define SLUICE_CWEB_H

#include <stddef.h>

typedef struct cweb_file {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} cweb_file;

size_t cweb_count(void);

// index < cweb_count()
cweb_file cweb_at(size_t index);

#endif
