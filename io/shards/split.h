#ifndef IO_SHARDS_SPLIT_H
#define IO_SHARDS_SPLIT_H

/* What the documents of a skill are for: to train on, to evaluate between
 * steps, or to test at the end. */
enum split {
    SPLIT_NONE = -1,
    SPLIT_TRAIN,
    SPLIT_VALIDATION,
    SPLIT_TEST,
    SPLITS
};

/* As names of shards, settings and metrics have them. */
extern const char *const split_names[SPLITS];

/* SPLIT_NONE if no split has this name. */
enum split split_find(const char *name);

#endif
