# One rank: compiled once per program.  One line a file.
kernel_sources =
kernel_sources += %D%/arena.c %D%/arena.h
kernel_sources += %D%/check.c %D%/check.h
kernel_sources += %D%/device.h
kernel_sources += %D%/ops.h
kernel_sources += %D%/problem.c %D%/problem.h
kernel_sources += %D%/real.h
kernel_sources += %D%/rng.c %D%/rng.h
kernel_sources += %D%/self_check.c %D%/self_check.h
kernel_sources += %D%/tensor.h

cpu_sources =
cpu_sources += %D%/cpu/adamw.c
cpu_sources += %D%/cpu/attention.c
cpu_sources += %D%/cpu/cross_entropy.c
cpu_sources += %D%/cpu/device.c
cpu_sources += %D%/cpu/embed.c
cpu_sources += %D%/cpu/gelu.c
cpu_sources += %D%/cpu/gemm.c
cpu_sources += %D%/cpu/norm.c
cpu_sources += %D%/cpu/rotary.c
cpu_sources += %D%/cpu/vector.c
cpu_sources += %D%/cpu/vmath.h

cuda_sources =
cuda_sources += %D%/cuda/adamw.cu
cuda_sources += %D%/cuda/attention.cu
cuda_sources += %D%/cuda/cross_entropy.cu
cuda_sources += %D%/cuda/device.cu
cuda_sources += %D%/cuda/embed.cu
cuda_sources += %D%/cuda/gelu.cu
cuda_sources += %D%/cuda/gemm.cu
cuda_sources += %D%/cuda/norm.cu
cuda_sources += %D%/cuda/rotary.cu
cuda_sources += %D%/cuda/vector.cu
cuda_headers = %D%/cuda/columns.cuh %D%/cuda/gemm.h %D%/cuda/gpu.cuh \
	%D%/cuda/stream.h
EXTRA_DIST += $(cuda_sources) $(cuda_headers)

if CUDA
noinst_LIBRARIES += %D%/libkernels-gpu-float.a %D%/libkernels-gpu-bf16.a
%C%_libkernels_gpu_float_a_SOURCES = $(kernel_sources)
%C%_libkernels_gpu_float_a_CPPFLAGS = $(float_cppflags)
%C%_libkernels_gpu_float_a_LIBADD = $(cuda_sources:.cu=-gpu-float.$(OBJEXT))
%C%_libkernels_gpu_bf16_a_SOURCES = $(kernel_sources)
%C%_libkernels_gpu_bf16_a_CPPFLAGS = $(bf16_cppflags)
%C%_libkernels_gpu_bf16_a_LIBADD = $(cuda_sources:.cu=-gpu-bf16.$(OBJEXT))

cuda_compile = $(AM_V_NVCC)$(MKDIR_P) %D%/cuda && $(NVCC) $(NVCC_FLAGS) \
	$(DEFS) $(DEFAULT_INCLUDES) $(CPPFLAGS) \
	-MMD -MP -MF $(@:.$(OBJEXT)=.d) -c -o $@ $<
%D%/cuda/%-gpu-float.$(OBJEXT): %D%/cuda/%.cu
	$(cuda_compile) $(float_cppflags)
%D%/cuda/%-gpu-bf16.$(OBJEXT): %D%/cuda/%.cu
	$(cuda_compile) $(bf16_cppflags)
AM_V_NVCC = $(AM_V_NVCC_@AM_V@)
AM_V_NVCC_ = $(AM_V_NVCC_@AM_DEFAULT_V@)
AM_V_NVCC_0 = @echo "  NVCC    " $@;
-include $(wildcard %D%/cuda/*-gpu-*.d)
endif
CLEANFILES += %D%/cuda/*.$(OBJEXT) %D%/cuda/*.d

noinst_LIBRARIES += %D%/libkernels-float.a %D%/libkernels-double.a
%C%_libkernels_float_a_SOURCES = $(kernel_sources) $(cpu_sources)
%C%_libkernels_float_a_CPPFLAGS = $(float_cppflags) $(BLAS_CFLAGS)
%C%_libkernels_float_a_CFLAGS = $(kernel_cflags)
%C%_libkernels_double_a_SOURCES = $(kernel_sources) $(cpu_sources)
%C%_libkernels_double_a_CPPFLAGS = $(double_cppflags) $(BLAS_CFLAGS)
%C%_libkernels_double_a_CFLAGS = $(kernel_cflags)
