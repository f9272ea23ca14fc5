# One rank.  One line a file.
include kernels/base/local.mk

# Compiled once per number type.
kernel_sources =
kernel_sources += %D%/arena.c %D%/arena.h
kernel_sources += %D%/device.h
kernel_sources += %D%/ops.h
kernel_sources += %D%/real.h
kernel_sources += %D%/self_check.c %D%/self_check.h
kernel_sources += %D%/tensor.h

# For CPUs.
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

# For GPUs, and for tests/cudasim.
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

EXTRA_DIST += $(kernel_sources) $(cpu_sources) $(cuda_sources) $(cuda_headers)
