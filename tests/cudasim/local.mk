# The kernels for GPUs, run on the CPU: the sources of kernels/cuda/ are compiled
# as C++ with the headers of this directory in the place of CUDA's.  A double for
# tests, never installed.
cudasim_headers = %D%/cublas_v2.h %D%/cuda_bf16.h %D%/cuda_runtime.h \
	%D%/cudasim.h %D%/nccl.h
cudasim_c = %D%/cublas.c %D%/nccl.c
cudasim_cc = %D%/block.cc %D%/runtime.cc
EXTRA_DIST += $(cudasim_headers) $(cudasim_c) $(cudasim_cc) %D%/bugs.cu

if GPUSIM
cudasim_sources = $(kernel_sources) $(gpu_coll_sources) $(cudasim_c) \
	$(cudasim_cc)
cudasim_cppflags = -I$(top_srcdir)/%D% $(BLAS_CFLAGS)
cudasim_cflags = $(AM_CFLAGS) $(GPUSIM_LDFLAGS)
cudasim_cxxflags = -O2 -Wall -Wextra -Wno-unknown-pragmas $(GPUSIM_CXXFLAGS)

EXTRA_LIBRARIES += %D%/libgpusim-float.a %D%/libgpusim-double.a \
	%D%/libgpusim-bf16.a
%C%_libgpusim_float_a_SOURCES = $(cudasim_sources)
%C%_libgpusim_float_a_CPPFLAGS = $(float_cppflags) $(cudasim_cppflags)
%C%_libgpusim_float_a_CFLAGS = $(cudasim_cflags)
%C%_libgpusim_float_a_CXXFLAGS = $(cudasim_cxxflags)
%C%_libgpusim_float_a_LIBADD = $(cuda_sources:.cu=-gpusim-float.$(OBJEXT))
%C%_libgpusim_double_a_SOURCES = $(cudasim_sources)
%C%_libgpusim_double_a_CPPFLAGS = $(double_cppflags) $(cudasim_cppflags)
%C%_libgpusim_double_a_CFLAGS = $(cudasim_cflags)
%C%_libgpusim_double_a_CXXFLAGS = $(cudasim_cxxflags)
%C%_libgpusim_double_a_LIBADD = $(cuda_sources:.cu=-gpusim-double.$(OBJEXT))
%C%_libgpusim_bf16_a_SOURCES = $(cudasim_sources)
%C%_libgpusim_bf16_a_CPPFLAGS = $(bf16_cppflags) $(cudasim_cppflags)
%C%_libgpusim_bf16_a_CFLAGS = $(cudasim_cflags)
%C%_libgpusim_bf16_a_CXXFLAGS = $(cudasim_cxxflags)
%C%_libgpusim_bf16_a_LIBADD = $(cuda_sources:.cu=-gpusim-bf16.$(OBJEXT))

cudasim_compile = $(AM_V_CXX)$(MKDIR_P) kernels/cuda && $(CXX) -x c++ $(DEFS) \
	$(DEFAULT_INCLUDES) $(cudasim_cppflags) $(CPPFLAGS) \
	$(cudasim_cxxflags) $(CXXFLAGS) -MMD -MP -MF $(@:.$(OBJEXT)=.d) \
	-c -o $@ $<
kernels/cuda/%-gpusim-float.$(OBJEXT): kernels/cuda/%.cu
	$(cudasim_compile) $(float_cppflags)
kernels/cuda/%-gpusim-double.$(OBJEXT): kernels/cuda/%.cu
	$(cudasim_compile) $(double_cppflags)
kernels/cuda/%-gpusim-bf16.$(OBJEXT): kernels/cuda/%.cu
	$(cudasim_compile) $(bf16_cppflags)

# A library stands before those that it calls: the kernels stop the job.
gpusim_float_libs = src/libcommands.a src/libtrain-float.a src/libcore.a \
	io/libio.a io/libsum.a %D%/libgpusim-float.a mpi/libranks.a \
	%D%/libgpusim-float.a
gpusim_double_libs = src/libcommands.a src/libtrain-double.a src/libcore.a \
	io/libio.a io/libsum.a %D%/libgpusim-double.a mpi/libranks.a \
	%D%/libgpusim-double.a
gpusim_bf16_libs = src/libcommands.a src/libtrain-bf16.a src/libcore.a \
	io/libio.a io/libsum.a %D%/libgpusim-bf16.a mpi/libranks.a \
	%D%/libgpusim-bf16.a

# Whole programs.  The settings know no GPU program in double, so that one has
# the name of the CPU's.
gpusim_programs += tests/skillet-gpusim-float tests/skillet-gpusim-double \
	tests/skillet-gpusim-bf16
cudasim_main = $(test_compile) $(AM_CPPFLAGS) $(test_cflags)
tests/skillet-float.$(OBJEXT): src/main.c
	$(cudasim_main) -DPROGRAM='"skillet-gpu-float"'
tests/skillet-bf16.$(OBJEXT): src/main.c
	$(cudasim_main) -DPROGRAM='"skillet-gpu-bf16"'
tests/skillet-double.$(OBJEXT): src/main.c
	$(cudasim_main) -DPROGRAM='"skillet-cpu-double"'

# Kernels with mistakes in them, for tests/cudasim.sh.
gpusim_programs += %D%/bugs
%D%/bugs.$(OBJEXT): %D%/bugs.cu
	$(AM_V_at)$(MKDIR_P) %D%
	$(cudasim_compile) $(float_cppflags)
%D%/bugs: %D%/bugs.$(OBJEXT) %D%/libgpusim-float.a mpi/libranks.a
	$(test_link) $(GPUSIM_LDFLAGS) %D%/libgpusim-float.a mpi/libranks.a \
	  %D%/libgpusim-float.a $(site_libs) $(LIBS)

gpusim_tests += tests/test_ops-gpusim-float tests/test_ops-gpusim-double
gpusim_tests += tests/test_attention-gpusim-float \
	tests/test_attention-gpusim-double
gpusim_tests += tests/test_cross_entropy-gpusim-float \
	tests/test_cross_entropy-gpusim-double
gpusim_tests += tests/test_combinations-gpusim-double
gpusim_tests += tests/test_documents-gpusim-double
gpusim_tests += tests/test_narrow-gpusim-bf16
gpusim_tests += tests/test_recompute-gpusim-float \
	tests/test_recompute-gpusim-bf16
gpusim_objects += tests/test_narrow-bf16.$(OBJEXT) \
	tests/test_recompute-bf16.$(OBJEXT)
gpusim_tests += tests/test_parts-gpusim-float
gpusim_tests += tests/test_ranks-gpusim-float tests/test_ranks-gpusim-double
gpusim_tests += tests/test_parts-gpusim-bf16 tests/test_ranks-gpusim-bf16
gpusim_objects += tests/test_parts-bf16.$(OBJEXT) tests/test_ranks-bf16.$(OBJEXT)

tests/%-gpusim-float: tests/%-float.$(OBJEXT) $(gpusim_float_libs)
	$(test_link) $(GPUSIM_LDFLAGS) $(gpusim_float_libs) $(site_libs) $(LIBS)
tests/%-gpusim-double: tests/%-double.$(OBJEXT) $(gpusim_double_libs)
	$(test_link) $(GPUSIM_LDFLAGS) $(gpusim_double_libs) $(site_libs) $(LIBS)
tests/%-gpusim-bf16: tests/%-bf16.$(OBJEXT) $(gpusim_bf16_libs)
	$(test_link) $(GPUSIM_LDFLAGS) $(gpusim_bf16_libs) $(site_libs) $(LIBS)

-include $(wildcard kernels/cuda/*-gpusim-*.d tests/skillet-*.d %D%/*.d)
endif
CLEANFILES += $(gpusim_tests) $(gpusim_programs) tests/skillet-*.d %D%/*.d \
	$(gpusim_objects:.$(OBJEXT)=.d)
