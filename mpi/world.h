#ifndef MPI_WORLD_H
#define MPI_WORLD_H

#include <stdbool.h>

/* Start and stop of the whole job.
 *
 * world_start installs handlers for SIGTERM, SIGUSR1 and SIGUSR2 before
 * MPI_Init: a signal that meets a rank without one kills it, and mpirun can
 * then hang.  It also lets die() end the other ranks.  Nothing but main and
 * tests knows the world: every run lives on a group. */
void world_start(int *argc, char ***argv);

/* Collective: ends MPI; the caller then returns its status from main. */
void world_stop(void);

/* True once this rank has been asked to stop. */
bool world_stop_asked(void);

/* The MPI library this process runs with, for --version. */
const char *world_version(void);

/* This process' node. */
const char *world_host(void);

/* This process' rank among those of its node.  Collective. */
int world_rank_on_host(void);

#endif
