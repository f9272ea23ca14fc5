# The kernels for GPUs, run on the CPU: the sources of kernels/cuda/ are
# compiled as C++ with the headers of this directory in the place of CUDA's.  A
# double for tests, never installed.
cudasim_sources = %D%/block.cc %D%/cublas.c %D%/nccl.c %D%/runtime.cc
cudasim_headers = %D%/cublas_v2.h %D%/cuda_bf16.h %D%/cuda_runtime.h \
	%D%/cudasim.h %D%/nccl.h
EXTRA_DIST += $(cudasim_sources) $(cudasim_headers) %D%/bugs.cu

sh_tests += %D%/cudasim.sh
sh_tests += %D%/gpusim.sh

if GPUSIM
c_tests += tests/kernels/test_attention-gpusim-float
c_tests += tests/kernels/test_attention-gpusim-double
c_tests += tests/kernels/test_cross_entropy-gpusim-float
c_tests += tests/kernels/test_cross_entropy-gpusim-double
c_tests += tests/kernels/test_narrow-gpusim-bf16
c_tests += tests/kernels/test_gemm-gpusim-float
c_tests += tests/kernels/test_ops-gpusim-float
c_tests += tests/kernels/test_gemm-gpusim-double
c_tests += tests/kernels/test_ops-gpusim-double
c_tests += tests/mpi/test_coll_parts-gpusim-float
c_tests += tests/mpi/test_coll_parts-gpusim-bf16
c_tests += tests/mpi/test_coll-gpusim-float
c_tests += tests/mpi/test_coll-gpusim-double
c_tests += tests/mpi/test_coll-gpusim-bf16
c_tests += tests/model/test_documents-gpusim-double
c_tests += tests/model/test_recompute-gpusim-float
c_tests += tests/model/test_recompute-gpusim-bf16
c_tests += tests/trainer/test_combinations-gpusim-double

# Whole programs.  The settings know no GPU program in double, so that one has
# the name of the CPU's.
cudasim_programs = %D%/skillet-gpusim-float %D%/skillet-gpusim-double \
	%D%/skillet-gpusim-bf16
%D%/skillet.float.$(OBJEXT): src/main.c
	$(compile_c) $(float_cppflags) $(AM_CFLAGS) $(CFLAGS) \
	  -DPROGRAM='"skillet-gpu-float"'
%D%/skillet.bf16.$(OBJEXT): src/main.c
	$(compile_c) $(bf16_cppflags) $(AM_CFLAGS) $(CFLAGS) \
	  -DPROGRAM='"skillet-gpu-bf16"'
%D%/skillet.double.$(OBJEXT): src/main.c
	$(compile_c) $(double_cppflags) $(AM_CFLAGS) $(CFLAGS) \
	  -DPROGRAM='"skillet-cpu-double"'

# Kernels with mistakes in them, for cudasim.sh.
cudasim_programs += %D%/bugs
%D%/bugs: %D%/bugs.gpusim-float.$(OBJEXT) $(gpusim-float_libs)
	$(link_c) $(GPUSIM_LDFLAGS) $(gpusim-float_libs) $(site_libs) $(LIBS)

check_DATA += $(cudasim_programs)
%D%/gpusim.log: tests/mpi/test_coll-gpusim-float \
	tests/mpi/test_coll_parts-gpusim-float
CLEANFILES += $(cudasim_programs)
endif

if CUDA
# On the GPU of this machine; skipped without one.
c_tests += tests/kernels/test_attention-gpu-float
c_tests += tests/kernels/test_cross_entropy-gpu-float
c_tests += tests/kernels/test_gemm-gpu-float
c_tests += tests/kernels/test_ops-gpu-float
c_tests += tests/mpi/test_coll-gpu-float
endif
