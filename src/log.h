#ifndef SRC_LOG_H
#define SRC_LOG_H

#include <stdbool.h>
#include <stdio.h>

/* All that a run prints: only the process that speaks does.  Lines of fact go
 * to stdout, warnings and errors to stderr, each at once. */
void log_init(bool speaks);

/* Before MPI knows the ranks: speaks if the launcher's environment names this
 * process rank 0, or if there is no launcher. */
void log_init_early(void);

void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "warning: ..." */
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "skillet: ...", for what ends a process that has no group to refuse in: the
 * caller then ends it.  One that does not speak is kept here for half a
 * second, as mpirun kills the others, also the one that speaks, when the first
 * ends. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same of any rank and from any thread, also while another one hangs in a
 * print: what only this rank can report before it ends.  It is left out where
 * nobody reads it for a second. */
void log_last_words(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* Writes over the last progress line; nothing where stdout is no terminal.
 * The next line of any kind takes its place. */
void log_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

bool log_is_terminal(void);

/* Where help goes: stdout, or nowhere if this process does not speak. */
FILE *log_stream(void);

#endif
