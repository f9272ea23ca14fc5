# Tests, a folder for each layer.  A test program names its rank counts in its
# first five lines ("ranks: 1 2 4").  In the local.mk of its folder, one line a
# test:
#   c_tests += %D%/test_NAME-KERNELS-TYPE ...  test_NAME.c linked with programs
#                                              (programs.mk): -cpu-double
#   sh_tests += %D%/NAME.sh                    a shell test
# Tests of `make bigcheck` alone are in big_c_tests and big_sh_tests.
# `make check-FOLDER` runs the tests of one folder.
c_tests =
sh_tests =
big_c_tests =
big_sh_tests = %D%/fresh.sh

# What shell tests call: FOLDER/NAME, of NAME.c.
tool_programs =

include %D%/kernels/local.mk
include %D%/mpi/local.mk
include %D%/io/local.mk
include %D%/skills/local.mk
include %D%/model/local.mk
include %D%/trainer/local.mk
include %D%/run/local.mk
include %D%/synth/local.mk
include %D%/commands/local.mk
include %D%/faults/local.mk
include %D%/house/local.mk
include %D%/cudasim/local.mk
include %D%/bench/local.mk
test_directories = $(sort $(patsubst %/,%,$(dir $(programs_of_tests))))

# What tests share: tests/lib/libtest.TYPE.a (program.mk).  One line a file.
testlib_sources =
testlib_sources += %D%/lib/bits.c %D%/lib/bits.h
testlib_sources += %D%/lib/chance.c %D%/lib/chance.h
testlib_sources += %D%/lib/checkpoint_content.c %D%/lib/checkpoint_content.h
testlib_sources += %D%/lib/graph_h5.c %D%/lib/graph_h5.h
testlib_sources += %D%/lib/oracle.c %D%/lib/oracle.h
testlib_sources += %D%/lib/packed_files.c %D%/lib/packed_files.h
testlib_sources += %D%/lib/pairs.c %D%/lib/pairs.h
testlib_sources += %D%/lib/place.c %D%/lib/place.h
testlib_sources += %D%/lib/policy_case.c %D%/lib/policy_case.h
testlib_sources += %D%/lib/sample_files.c %D%/lib/sample_files.h
testlib_sources += %D%/lib/shard_files.c %D%/lib/shard_files.h
testlib_sources += %D%/lib/start.c %D%/lib/start.h
testlib_sources += %D%/lib/synth_set.c %D%/lib/synth_set.h
testlib_sources += %D%/lib/tap.c %D%/lib/tap.h
testlib_sources += %D%/lib/tokenizer_files.c %D%/lib/tokenizer_files.h
testlib_sources += %D%/lib/told.c %D%/lib/told.h
testlib_sources += %D%/lib/trainers.c %D%/lib/trainers.h
testlib_sources += %D%/lib/words.c %D%/lib/words.h
EXTRA_DIST += $(testlib_sources)
EXTRA_DIST += %D%/lib/driver %D%/lib/launch.sh %D%/lib/mpi-tap \
	%D%/lib/runs.sh %D%/lib/tap.sh

EXTRA_DIST += %D%/golden/gpt_neox.h %D%/golden/gpt_neox.py
EXTRA_DIST += %D%/golden/tokenizer.py %D%/golden/tokenizers

all_c_tests = $(c_tests) $(big_c_tests)
programs_of_tests = $(all_c_tests) $(tool_programs)
EXTRA_DIST += $(sh_tests) $(big_sh_tests)
# Without the last two of their words, KERNELS and TYPE.
EXTRA_DIST += $(sort $(foreach test,$(all_c_tests), \
	$(firstword $(subst -, ,$(test))).c))
EXTRA_DIST += $(tool_programs:=.c)
CLEANFILES += $(programs_of_tests)

# Automake has no rule for two programs of one source: program.mk has.
.SECONDARY:
$(tool_programs): %: %.float.$(OBJEXT) $(cpu-float_libs)
	$(link_c) $(cpu-float_libs) $(site_libs) $(LIBS)

TEST_EXTENSIONS = .sh
TESTS += $(c_tests) $(sh_tests)
BIG_TESTS = $(big_c_tests) $(big_sh_tests)
# Makes Automake write the rules of the big tests without adding them to check.
if BIGCHECK
TESTS += $(BIG_TESTS)
endif
check_DATA += need-launcher $(c_tests) $(tool_programs)

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/%D%/lib/driver \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/%D%/lib/mpi-tap
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = sh
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	MPIEXEC='$(MPIEXEC)'; export MPIEXEC; \
	MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)'; export MPIEXEC_FLAGS; \
	CC='$(CC)'; export CC; NM='$(NM)'; export NM;

# Builds what they need: the programs for shell tests alone.
check-%: $(BUILT_SOURCES) config.h
	@test -n '$(tests_of_folder)' || { \
	  echo "make $@: there are no tests in %D%/$*" >&2; exit 1; }
	$(if $(filter %.sh,$(tests_of_folder)),$(MAKE) $(AM_MAKEFLAGS) all)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(tests_of_folder)' \
	  check_DATA='need-launcher $(filter %D%/$*/%,$(check_DATA))'
tests_of_folder = $(filter %D%/$*/%,$(TESTS))

# Seconds that each test took when it last ran, the longest first; their sum.
check-times:
	@awk '/^# seconds / { print $$3, FILENAME; all += $$3 } \
	  END { print all + 0, "seconds in all" }' \
	  $(wildcard $(TEST_LOGS)) /dev/null | sort -rn

bigcheck:
	SKILLET_BIG=1 $(MAKE) $(AM_MAKEFLAGS) check \
	  TESTS='$(TESTS) $(BIG_TESTS)' check_DATA='$(check_DATA) $(big_c_tests)'

need-launcher:
	@test -n '$(MPIEXEC)' || { \
	  echo "make check needs an MPI launcher, and configure found none:" \
	    "run make check MPIEXEC=NAME, such as mpirun or srun" >&2; exit 1; }

.PHONY: bigcheck check-times need-launcher
