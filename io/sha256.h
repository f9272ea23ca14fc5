#ifndef IO_SHA256_H
#define IO_SHA256_H

#include <stddef.h>

/* SHA-256 (FIPS 180-4) of n bytes, as sha256sum writes it. */
void sha256_hex(const void *bytes, size_t n, char hex[65]);

#endif
