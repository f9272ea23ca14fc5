# What is measured, not tested: a step, the coordinator, saves, tokenizing.
bench_programs = %D%/bench_coordinator %D%/bench_gemm %D%/bench_tokenizer
$(bench_programs): %: %.float.$(OBJEXT) $(cpu-float_libs)
	$(link_c) $(cpu-float_libs) $(site_libs) $(LIBS)
CLEANFILES += $(bench_programs)
EXTRA_DIST += $(bench_programs:=.c) %D%/bench.sh %D%/bench_save.sh \
	%D%/bench_tokenizer.sh %D%/bench_tokenizer.py

bench: all $(bench_programs)
	./%D%/bench_coordinator
	$(bench_environment) $(SHELL) $(top_srcdir)/%D%/bench.sh
	$(bench_environment) $(SHELL) $(top_srcdir)/%D%/bench_save.sh
	$(bench_environment) $(SHELL) $(top_srcdir)/%D%/bench_tokenizer.sh
bench_environment = top_srcdir='$(abs_top_srcdir)' \
	top_builddir='$(abs_top_builddir)' MPIEXEC='$(MPIEXEC)' \
	MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)'

.PHONY: bench
