# Tests.  A test program names its rank counts in its first five lines
# ("ranks: 1 2 4").  One line a test; the source is tests/test_NAME.c:
#   check_PROGRAMS += %D%/test_NAME                       linked with float
#   twin_tests += %D%/test_NAME-float %D%/test_NAME-double       with each
#                                        (or one) of the two number types
#   sh_tests += %D%/NAME.sh                               a shell test
# gpu_tests and gpusim_tests are the same sources, linked with the kernels for
# GPUs, as they are and as tests/cudasim runs them.
# Those of `make bigcheck` alone stand in big_twin_tests and big_sh_tests.
twin_tests =
gpu_tests =
gpusim_tests =
gpusim_programs =
gpusim_objects =
sh_tests =
big_twin_tests =
big_sh_tests =

check_PROGRAMS += %D%/test_addition
check_PROGRAMS += %D%/test_checkpoint
check_PROGRAMS += %D%/test_checkpoint_damage
check_PROGRAMS += %D%/test_checkpoint_thread
check_PROGRAMS += %D%/test_corpus
check_PROGRAMS += %D%/test_graph
check_PROGRAMS += %D%/test_ini
check_PROGRAMS += %D%/test_inspect
check_PROGRAMS += %D%/test_io
check_PROGRAMS += %D%/test_merges
check_PROGRAMS += %D%/test_metrics
check_PROGRAMS += %D%/test_mixture
check_PROGRAMS += %D%/test_policy
check_PROGRAMS += %D%/test_rng
check_PROGRAMS += %D%/test_sampler
check_PROGRAMS += %D%/test_settings
check_PROGRAMS += %D%/test_shard
check_PROGRAMS += %D%/test_shard_foreign
check_PROGRAMS += %D%/test_skill_it
check_PROGRAMS += %D%/test_split
check_PROGRAMS += %D%/test_sum
check_PROGRAMS += %D%/test_synth
check_PROGRAMS += %D%/test_tokenizer
check_PROGRAMS += %D%/test_tokenizer_file
check_PROGRAMS += %D%/test_tokenizer_fuzz
check_PROGRAMS += %D%/test_tokenizer_golden

twin_tests += %D%/test_adjoint-float %D%/test_adjoint-double
twin_tests += %D%/test_attention-float %D%/test_attention-double
twin_tests += %D%/test_combinations-double
twin_tests += %D%/test_cross_entropy-float %D%/test_cross_entropy-double
twin_tests += %D%/test_documents-double
twin_tests += %D%/test_golden-double
twin_tests += %D%/test_gradients-double
twin_tests += %D%/test_grid-float %D%/test_grid-double
twin_tests += %D%/test_ops-float %D%/test_ops-double
twin_tests += %D%/test_parts-float %D%/test_parts-double
twin_tests += %D%/test_ranks-float %D%/test_ranks-double
twin_tests += %D%/test_recompute-float %D%/test_recompute-double
twin_tests += %D%/test_samples-double
twin_tests += %D%/test_save-float %D%/test_save-double
twin_tests += %D%/test_schedule-double
twin_tests += %D%/test_skips-double
twin_tests += %D%/test_step-double
twin_tests += %D%/test_stop-double
twin_tests += %D%/test_vmath-float
twin_tests += %D%/test_zero-float %D%/test_zero-double
# It holds code of kernels/.
test_vmath_cflags = $(KERNEL_CFLAGS)

sh_tests += %D%/checkpoint.sh
sh_tests += %D%/cli.sh
sh_tests += %D%/cudasim.sh
sh_tests += %D%/faults.sh
sh_tests += %D%/faults_stop.sh
sh_tests += %D%/gpusim.sh
sh_tests += %D%/harness.sh
sh_tests += %D%/headers.sh
sh_tests += %D%/inspect.sh
sh_tests += %D%/install.sh
sh_tests += %D%/layering.sh
sh_tests += %D%/replay.sh
sh_tests += %D%/resume.sh
sh_tests += %D%/samples.sh
sh_tests += %D%/shell.sh
sh_tests += %D%/symbols.sh
sh_tests += %D%/synth.sh
sh_tests += %D%/tokenize.sh
sh_tests += %D%/tokenizer.sh
sh_tests += %D%/train.sh
sh_tests += %D%/watchdog.sh

big_twin_tests += %D%/test_combinations_big-double

big_sh_tests += %D%/corpus.sh

# What shell tests call.
EXTRA_PROGRAMS += %D%/hang
check_DATA += %D%/hang$(EXEEXT)
EXTRA_PROGRAMS += %D%/make_checkpoint
check_DATA += %D%/make_checkpoint$(EXEEXT)
EXTRA_PROGRAMS += %D%/make_graph
check_DATA += %D%/make_graph$(EXEEXT)

# Not tests: what a step costs, the coordinator, and tokenizing.
EXTRA_PROGRAMS += %D%/bench_coordinator %D%/bench_gemm %D%/bench_tokenizer
EXTRA_DIST += %D%/bench.sh %D%/bench_save.sh %D%/bench_tokenizer.sh %D%/bench_tokenizer.py
bench: all %D%/bench_coordinator$(EXEEXT) %D%/bench_gemm$(EXEEXT) \
    %D%/bench_tokenizer$(EXEEXT)
	./%D%/bench_coordinator
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	  MPIEXEC='$(MPIEXEC)' MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)' \
	  $(SHELL) $(top_srcdir)/%D%/bench.sh
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	  MPIEXEC='$(MPIEXEC)' MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)' \
	  $(SHELL) $(top_srcdir)/%D%/bench_save.sh
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	  MPIEXEC='$(MPIEXEC)' MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)' \
	  $(SHELL) $(top_srcdir)/%D%/bench_tokenizer.sh

EXTRA_DIST += %D%/golden/gpt_neox.h %D%/golden/gpt_neox.py
EXTRA_DIST += %D%/golden/tokenizer.py %D%/golden/tokenizers
EXTRA_DIST += %D%/bits.h %D%/checkpoint_content.h %D%/graph_h5.h %D%/oracle.h
EXTRA_DIST += %D%/packed_files.h %D%/pairs.h %D%/policy_case.h %D%/sample_files.h %D%/shard_files.h
EXTRA_DIST += %D%/small_run.h %D%/start.h %D%/synth_set.h %D%/tap.h
EXTRA_DIST += %D%/tokenizer_files.h
EXTRA_DIST += %D%/test_narrow.c
EXTRA_DIST += %D%/launch.sh %D%/lib.sh %D%/runs.sh %D%/fault_frame.sh \
	%D%/mpi-tap %D%/strip.awk
EXTRA_DIST += $(sh_tests) $(big_sh_tests)

TEST_EXTENSIONS = .sh
TESTS += $(check_PROGRAMS) $(twin_tests) $(gpu_tests) $(gpusim_tests) \
	$(sh_tests)
BIG_TESTS = $(big_twin_tests) $(big_sh_tests)
# Makes Automake write the rules of the big tests without adding them to check.
if BIGCHECK
TESTS += $(BIG_TESTS)
endif
LDADD = $(float_libs) $(site_libs)

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/%D%/mpi-tap
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = sh
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	MPIEXEC='$(MPIEXEC)'; export MPIEXEC; \
	MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)'; export MPIEXEC_FLAGS; \
	CC='$(CC)'; export CC; NM='$(NM)'; export NM;

# Automake has no rule to make two programs of one source without six lines for
# each: these patterns are that rule.
check_DATA += need-launcher $(twin_tests) $(gpu_tests) $(gpusim_tests) \
	$(gpusim_programs)
twins = $(twin_tests) $(big_twin_tests)
EXTRA_DIST += $(sort $(patsubst %-float,%.c,$(patsubst %-double,%.c,$(twins))))
CLEANFILES += $(EXTRA_PROGRAMS) $(twins) $(twins:%=%.d)
test_compile = $(AM_V_CC)$(MKDIR_P) %D% && $(CC) $(DEFS) $(DEFAULT_INCLUDES)
test_cflags = $(CPPFLAGS) $(AM_CFLAGS) $($*_cflags) $(CFLAGS) \
	-MMD -MP -MF $(@:.$(OBJEXT)=.d) -c -o $@ $<
test_link = $(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

%D%/%-float.$(OBJEXT): %D%/%.c
	$(test_compile) $(float_cppflags) $(test_cflags)
%D%/%-double.$(OBJEXT): %D%/%.c
	$(test_compile) $(double_cppflags) $(test_cflags)
%D%/%-bf16.$(OBJEXT): %D%/%.c
	$(test_compile) $(bf16_cppflags) $(test_cflags)
%D%/%-float: %D%/%-float.$(OBJEXT) $(float_libs)
	$(test_link) $(float_libs) $(site_libs) $(LIBS)
%D%/%-double: %D%/%-double.$(OBJEXT) $(double_libs)
	$(test_link) $(double_libs) $(site_libs) $(LIBS)
if CUDA
# On the GPU of this machine; skipped without one.
gpu_tests += %D%/test_attention-gpu-float
gpu_tests += %D%/test_cross_entropy-gpu-float
gpu_tests += %D%/test_ops-gpu-float
gpu_tests += %D%/test_ranks-gpu-float
%D%/%-gpu-float: %D%/%-float.$(OBJEXT) $(gpu_float_libs)
	$(test_link) $(gpu_float_libs) $(CUDA_LIBS) $(site_libs) $(LIBS)
endif
CLEANFILES += $(gpu_tests)
.SECONDARY: $(twins:%=%.$(OBJEXT)) $(gpusim_objects)
-include $(wildcard $(twins:%=%.d))

bigcheck:
	SKILLET_BIG=1 $(MAKE) $(AM_MAKEFLAGS) check \
	  TESTS='$(TESTS) $(BIG_TESTS)' check_DATA='$(check_DATA) $(big_twin_tests)'

need-launcher:
	@test -n '$(MPIEXEC)' || { \
	  echo "make check needs an MPI launcher, and configure found none:" \
	    "run make check MPIEXEC=NAME, such as mpirun or srun" >&2; exit 1; }

.PHONY: bench bigcheck need-launcher
