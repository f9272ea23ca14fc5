# GNU make's part of the build: sources that are compiled more than once, for
# which Automake has no rules.  programs.mk calls it, one line a program;
# Automake does not read it, because it does not know `define`.

# Each number type: SOURCE.c becomes SOURCE.TYPE.o; the sources that tests
# share become tests/lib/libtest.TYPE.a.
define number_type
%.$(1).$(OBJEXT): %.c
	$$(compile_c) $$($(1)_cppflags) $$(AM_CFLAGS) \
	  $$($$(notdir $$*)_cflags) $$(CFLAGS)
kernels/%.$(1).$(OBJEXT): kernels/%.c
	$$(compile_c) $$($(1)_cppflags) $(BLAS_CFLAGS) $$(kernel_cflags) $$(CFLAGS)
$(1)_objects = $$(patsubst %.c,%.$(1).$(OBJEXT), \
	$$(filter %.c,$$(typed_sources)))
tests/lib/libtest.$(1).a: \
    $$(patsubst %.c,%.$(1).$(OBJEXT),$$(filter %.c,$$(testlib_sources)))
	$$(archive)
program_libs += tests/lib/libtest.$(1).a
endef

# The kernels of each kind of device, for a TYPE.
cpu_objects = $(patsubst %.c,%.$(1).$(OBJEXT),$(filter %.c,$(cpu_sources)))
gpu_objects = $(cuda_sources:.cu=.gpu-$(1).$(OBJEXT))
gpusim_objects = $(cuda_sources:.cu=.gpusim-$(1).$(OBJEXT)) \
	$(cudasim_sources:=.gpusim-$(1).$(OBJEXT))
# The way between devices, a file of mpi/.
cpu_way = mpi/coll_none.$(1).$(OBJEXT)
gpu_way = mpi/coll_$(gpu_coll).gpu-$(1).$(OBJEXT)
gpusim_way = mpi/coll_nccl.gpusim-$(1).$(OBJEXT)

# program,TYPE,KERNELS: the library src/libKERNELS-TYPE.a, KERNELS-TYPE_libs,
# and the tests that are linked with them.
define program
src/lib$(2)-$(1).a: $$($(1)_objects) $$(call $(2)_objects,$(1)) \
    $$(call $(2)_way,$(1))
	$$(archive)
$(2)-$(1)_libs = tests/lib/libtest.$(1).a $$(upper_libs) src/lib$(2)-$(1).a \
	$$(lower_libs)
tests/%-$(2)-$(1): tests/%.$(1).$(OBJEXT) $$($(2)-$(1)_libs)
	$$(link_c) $$($(2)-$(1)_libs) $$($(2)_ldflags) $$(site_libs) $$(LIBS)
program_libs += src/lib$(2)-$(1).a
endef
gpu_ldflags = $(CUDA_LIBS)
gpusim_ldflags = $(GPUSIM_LDFLAGS)

compile_flags = $(DEFS) $(DEFAULT_INCLUDES) $(CPPFLAGS) \
	-MMD -MP -MF $(@:.$(OBJEXT)=.d) -c -o $@
compile_c = $(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(compile_flags) $<
link_c = $(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<
# q: objects of two directories may have one name.
archive = $(AM_V_AR)rm -f $@ && $(MKDIR_P) $(@D) && $(AR) cq $@ \
	$(filter %.$(OBJEXT),$^) && $(RANLIB) $@

# CUDA's own compiler.
define gpu_type
kernels/cuda/%.gpu-$(1).$(OBJEXT): kernels/cuda/%.cu
	$$(AM_V_NVCC)$$(MKDIR_P) $$(@D) && $$(NVCC) $$(NVCC_FLAGS) \
	  $$(compile_flags) $$< $$($(1)_cppflags)
mpi/%.gpu-$(1).$(OBJEXT): mpi/%.c
	$$(compile_c) $$($(1)_cppflags) $$(CUDA_CFLAGS) $$(AM_CFLAGS) $$(CFLAGS)
endef
AM_V_NVCC = $(AM_V_NVCC_$(V))
AM_V_NVCC_ = $(AM_V_NVCC_$(AM_DEFAULT_VERBOSITY))
AM_V_NVCC_0 = @echo "  NVCC    " $@;

# C++ and C with the headers of the simulation in the place of CUDA's.
define gpusim_type
%.gpusim-$(1).$(OBJEXT): %.cu
	$$(compile_sim) -x c++ $$< $$($(1)_cppflags)
tests/cudasim/%.cc.gpusim-$(1).$(OBJEXT): tests/cudasim/%.cc
	$$(compile_sim) $$< $$($(1)_cppflags)
tests/cudasim/%.c.gpusim-$(1).$(OBJEXT): tests/cudasim/%.c
	$$(compile_sim_c) $$($(1)_cppflags)
mpi/%.gpusim-$(1).$(OBJEXT): mpi/%.c
	$$(compile_sim_c) $$($(1)_cppflags)
endef
cudasim_cppflags = -I$(top_srcdir)/tests/cudasim $(BLAS_CFLAGS)
compile_sim = $(AM_V_CXX)$(MKDIR_P) $(@D) && $(CXX) $(cudasim_cppflags) \
	$(compile_flags) -O2 -Wall -Wextra -Wno-unknown-pragmas \
	$(GPUSIM_CXXFLAGS) $(CXXFLAGS)
compile_sim_c = $(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(cudasim_cppflags) \
	$(compile_flags) $< $(AM_CFLAGS) $(CFLAGS) $(GPUSIM_LDFLAGS)

-include $(wildcard $(patsubst %,%/*.d,kernels kernels/cpu kernels/cuda mpi \
	src/model src/trainer src/run tests/cudasim tests/lib $(test_directories)))
