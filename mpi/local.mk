# Many ranks: collectives over numbers once per program, the rest once.  One
# line a file.
coll_sources =
coll_sources += %D%/coll.c %D%/coll.h
coll_sources += %D%/coll_direct.h
coll_sources += %D%/coll_parts.c %D%/coll_parts.h

# The way between the devices of the CPU programs, and of the GPU programs.
cpu_coll_sources = $(coll_sources) %D%/coll_none.c
gpu_coll_sources = $(coll_sources) %D%/coll_nccl.c
EXTRA_DIST += %D%/coll_nccl.c

if CUDA
noinst_LIBRARIES += %D%/libcoll-gpu-float.a %D%/libcoll-gpu-bf16.a
if NCCL
cuda_coll_sources = $(gpu_coll_sources)
else
cuda_coll_sources = $(cpu_coll_sources)
endif
%C%_libcoll_gpu_float_a_SOURCES = $(cuda_coll_sources)
%C%_libcoll_gpu_float_a_CPPFLAGS = $(float_cppflags) $(CUDA_CFLAGS)
%C%_libcoll_gpu_bf16_a_SOURCES = $(cuda_coll_sources)
%C%_libcoll_gpu_bf16_a_CPPFLAGS = $(bf16_cppflags) $(CUDA_CFLAGS)
endif

noinst_LIBRARIES += %D%/libcoll-float.a %D%/libcoll-double.a
%C%_libcoll_float_a_SOURCES = $(cpu_coll_sources)
%C%_libcoll_float_a_CPPFLAGS = $(float_cppflags)
%C%_libcoll_double_a_SOURCES = $(cpu_coll_sources)
%C%_libcoll_double_a_CPPFLAGS = $(double_cppflags)

noinst_LIBRARIES += %D%/libranks.a
%C%_libranks_a_SOURCES =
%C%_libranks_a_SOURCES += %D%/comm.h
%C%_libranks_a_SOURCES += %D%/grid.c %D%/grid.h
%C%_libranks_a_SOURCES += %D%/group.c %D%/group.h
%C%_libranks_a_SOURCES += %D%/refuse.c
%C%_libranks_a_SOURCES += %D%/trace.c %D%/trace.h
%C%_libranks_a_SOURCES += %D%/world.c %D%/world.h
