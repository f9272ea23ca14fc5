# What is measured, not tested: a step, the coordinator, saves, tokenizing.
bench_programs = %D%/coordinator %D%/gemm %D%/tokenizer
$(bench_programs): %: %.float.$(OBJEXT) $(cpu-float_libs)
	$(link_c) $(cpu-float_libs) $(site_libs) $(LIBS)
CLEANFILES += $(bench_programs)
EXTRA_DIST += $(bench_programs:=.c) %D%/step.sh %D%/save.sh \
	%D%/tokenizer.sh %D%/tokenizer.py

bench: all $(bench_programs)
	./%D%/coordinator
	$(bench_environment) $(SHELL) $(top_srcdir)/%D%/step.sh
	$(bench_environment) $(SHELL) $(top_srcdir)/%D%/save.sh
	$(bench_environment) $(SHELL) $(top_srcdir)/%D%/tokenizer.sh
bench_environment = top_srcdir='$(abs_top_srcdir)' \
	top_builddir='$(abs_top_builddir)' MPIEXEC='$(MPIEXEC)' \
	MPIEXEC_FLAGS='$(MPIEXEC_FLAGS)'

.PHONY: bench
