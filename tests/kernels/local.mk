# The operations of one rank.  One line a test.
c_tests += %D%/test_attention-cpu-float %D%/test_attention-cpu-double
c_tests += %D%/test_cross_entropy-cpu-float %D%/test_cross_entropy-cpu-double
c_tests += %D%/test_gemm-cpu-float %D%/test_gemm-cpu-double
c_tests += %D%/test_ops-cpu-float %D%/test_ops-cpu-double
c_tests += %D%/test_rng-cpu-float
c_tests += %D%/test_vmath-cpu-float

# It holds code of kernels/.
test_vmath_cflags = $(KERNEL_CFLAGS)
# In bf16 alone.
EXTRA_DIST += %D%/test_narrow.c
