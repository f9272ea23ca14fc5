# The programs.  Each is a number type and the kernels that compute with it;
# build-aux/program.mk has what follows from them: src/libKERNELS-TYPE.a, and
# tests/NAME-KERNELS-TYPE.  A program that is not installed needs only
# $(call program,TYPE,KERNELS).

# What is compiled once per number type, and how.
typed_sources = $(kernel_sources) $(coll_sources) $(model_sources) \
	$(trainer_sources) $(run_sources)
float_cppflags = $(AM_CPPFLAGS)
double_cppflags = $(AM_CPPFLAGS) -DSKILLET_DOUBLE
bf16_cppflags = $(AM_CPPFLAGS) -DSKILLET_BF16

-include $(top_srcdir)/build-aux/program.mk
$(eval $(call number_type,float))
$(eval $(call number_type,double))
$(eval $(call number_type,bf16))

pkglibexec_PROGRAMS += skillet-cpu-float
skillet_cpu_float_SOURCES = src/main.c
skillet_cpu_float_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-cpu-float"'
skillet_cpu_float_LDADD = $(upper_libs) src/libcpu-float.a $(lower_libs) \
	$(site_libs)
$(eval $(call program,float,cpu))

pkglibexec_PROGRAMS += skillet-cpu-double
skillet_cpu_double_SOURCES = src/main.c
skillet_cpu_double_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-cpu-double"'
skillet_cpu_double_LDADD = $(upper_libs) src/libcpu-double.a $(lower_libs) \
	$(site_libs)
$(eval $(call program,double,cpu))

if CUDA
if NCCL
gpu_coll = nccl
else
gpu_coll = none
endif
$(eval $(call gpu_type,float))
$(eval $(call gpu_type,bf16))

pkglibexec_PROGRAMS += skillet-gpu-float
skillet_gpu_float_SOURCES = src/main.c
skillet_gpu_float_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-gpu-float"'
skillet_gpu_float_LDADD = $(upper_libs) src/libgpu-float.a $(lower_libs) \
	$(CUDA_LIBS) $(site_libs)
$(eval $(call program,float,gpu))

pkglibexec_PROGRAMS += skillet-gpu-bf16
skillet_gpu_bf16_SOURCES = src/main.c
skillet_gpu_bf16_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-gpu-bf16"'
skillet_gpu_bf16_LDADD = $(upper_libs) src/libgpu-bf16.a $(lower_libs) \
	$(CUDA_LIBS) $(site_libs)
$(eval $(call program,bf16,gpu))
endif

if GPUSIM
$(eval $(call gpusim_type,float))
$(eval $(call gpusim_type,double))
$(eval $(call gpusim_type,bf16))
$(eval $(call program,float,gpusim))
$(eval $(call program,double,gpusim))
$(eval $(call program,bf16,gpusim))
endif

# Made where a program or a test asks for them, of objects that Automake does
# not know.
mostlyclean-local:
	find kernels mpi src tests \( -name '*.float.$(OBJEXT)' -o \
	  -name '*.double.$(OBJEXT)' -o -name '*.bf16.$(OBJEXT)' -o \
	  -name '*.gpu-*.$(OBJEXT)' -o -name '*.gpusim-*.$(OBJEXT)' -o \
	  -name '*.d' \) -exec rm -f {} +
clean-local:
	rm -f $(program_libs)

EXTRA_DIST += build-aux/program.mk
