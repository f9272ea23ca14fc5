#ifndef MPI_WORLD_H
#define MPI_WORLD_H

/* Start and stop of the whole job.
 *
 * world_start installs handlers for SIGTERM, SIGUSR1 and SIGUSR2 before
 * MPI_Init: a signal that meets a rank without one kills it, and mpirun can
 * then hang.  It also lets die() end the other ranks.  Nothing but main and
 * tests knows the world: every run lives on a group. */
void world_start(int *argc, char ***argv);

/* Collective: ends MPI; the caller then returns its status from main. */
void world_stop(void);

/* When this process called world_start, by CLOCK_MONOTONIC. */
double world_started(void);

/* The signal that first asked this rank to stop; NULL if none has. */
const char *world_stop_signal(void);

/* The MPI library this process runs with, for --version. */
const char *world_version(void);

/* This process' node. */
const char *world_host(void);

/* This process' rank among those of its node.  Collective. */
int world_rank_on_host(void);

#endif
