#ifndef SRC_TOKENIZE_TOKENIZE_INPUTS_H
#define SRC_TOKENIZE_TOKENIZE_INPUTS_H

#include "io/shards/split.h"
#include "kernels/base/path.h"
#include "kernels/base/problem.h"

/* The input files of `tokenize`, in the order in which their documents count:
 * as given, those of a directory by name.  Plain data, for a broadcast. */
struct tokenize_input {
    struct path path;
    char name[256];   /* without its directory */
    char title[256];  /* the name up to its first dot */
    enum split split; /* that the name states, or SPLIT_NONE */
};

/* For one rank.  Names on the log what a directory holds besides *.jsonl,
 * *.jsonl.gz and *.jsonl.zst; *inputs is malloc'd. */
struct problem tokenize_inputs_list(char **arguments, int n_arguments,
                                    struct tokenize_input **inputs, long *n);

#endif
