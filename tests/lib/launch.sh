# shellcheck shell=sh
# Sourced: how tests start ranks, on whatever machine, one host, bounded in
# time.  TMPDIR becomes a directory of this process, removed when it ends.
: "${MPIEXEC:=mpirun}"

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/skillet.XXXXXX") || exit 99
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' HUP INT TERM
export TMPDIR

# Open MPI: as root too, more ranks than cores without spinning or binding, no
# network; what a killed job leaves in shared memory stays in TMPDIR.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_btl=self,vader OMPI_MCA_pml=ob1
export OMPI_MCA_btl_vader_backing_directory="$TMPDIR"
# When a rank ends with another status than 0, as refusing tests do, mpirun
# would give the others a second more; and PMIx's store in shared memory fails
# at times when a rank dies.
export OMPI_MCA_odls_base_sigkill_timeout=0
export PMIX_MCA_gds=hash
# A program without mpirun need not start a daemon that could spawn more ranks.
export OMPI_MCA_ess_singleton_isolated=1
# The same for Open MPI 5, which starts ranks by PRRTE.
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export PRTE_MCA_hwloc_default_binding_policy=none
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# The MPI library itself leaks at exit.
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"

# launch RANKS PROGRAM [ARG...]: its status; 124 or 137 if it hung.
launch() {
  launch_ranks=$1
  shift
  # -k: an mpirun that lost a rank before MPI_Init may not heed SIGTERM.
  # MPIEXEC_FLAGS are words.
  # shellcheck disable=SC2086
  timeout -k 5 "${TEST_TIMEOUT:-120}" \
    $MPIEXEC ${MPIEXEC_FLAGS-} -n "$launch_ranks" "$@" </dev/null
}
