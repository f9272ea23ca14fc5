#include "kernels/cuda/gpu.cuh"

#include <cublas_v2.h>
#include <limits.h>

extern "C" {
#include "kernels/cuda/gemm.h"
}

#define CUBLAS_CHECK(call)                                                    \
    do {                                                                      \
        cublasStatus_t status_ = (call);                                      \
        CHECK(status_ == CUBLAS_STATUS_SUCCESS, "%s: %s", #call,              \
              cublasGetStatusString(status_));                                \
    } while (0)

/* Sums are wide.  Products of floats are those of floats: the tensor cores'
 * shorter ones (TF32) must be asked for, and nobody does. */
static const cublasComputeType_t compute =
    sizeof(wide) == 8 ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F;
static const cudaDataType wide_type =
    sizeof(wide) == 8 ? CUDA_R_64F : CUDA_R_32F;
static const cudaDataType real_type = REAL_IS_WIDE ? wide_type : CUDA_R_16BF;

/* Where a product goes to. */
struct target {
    void *at;
    cudaDataType type;
    long rows, cols, ld, apart;
};

static cublasHandle_t handle(void)
{
    static cublasHandle_t blas;

    if (!blas) {
        CUBLAS_CHECK(cublasCreate(&blas));
        CUBLAS_CHECK(cublasSetStream(blas, device_stream()));
    }
    return blas;
}

static int blas_int(long n)
{
    CHECK(
        n <= INT_MAX,
        "a matrix with %ld rows, columns or leading columns is too large for "
        "cuBLAS; use a smaller micro-batch",
        n);
    return (int)n;
}

static int leading(long ld)
{
    return ld > 0 ? blas_int(ld) : 1;
}

static cublasOperation_t operation(char t)
{
    return t == 'T' ? CUBLAS_OP_T : CUBLAS_OP_N;
}

/* cuBLAS counts by columns, where our rows are columns and c' = op(b)'
 * op(a)'. */
static void product(char ta, char tb, struct gemm_pile a, struct gemm_pile b,
                    wide beta, struct target c, long n)
{
    const wide one = 1;
    long inner = ta == 'T' ? a.m.rows : a.m.cols;

    assert((ta == 'T' ? a.m.cols : a.m.rows) == c.rows);
    assert((tb == 'T' ? b.m.rows : b.m.cols) == c.cols);
    assert((tb == 'T' ? b.m.cols : b.m.rows) == inner);
    if (c.rows == 0 || c.cols == 0)
        return;
    CUBLAS_CHECK(cublasGemmStridedBatchedEx(
        handle(), operation(tb), operation(ta), blas_int(c.cols),
        blas_int(c.rows), blas_int(inner), &one, b.m.at, real_type,
        leading(b.m.ld), b.apart, a.m.at, real_type, leading(a.m.ld), a.apart,
        &beta, c.at, c.type, leading(c.ld), c.apart, blas_int(n), compute,
        CUBLAS_GEMM_DEFAULT));
}

extern "C" void gemm_stack(char ta, char tb, struct gemm_pile a,
                           struct gemm_pile b, wide beta, struct gemm_pile c,
                           long n)
{
    product(ta, tb, a, b, beta,
            target{c.m.at, real_type, c.m.rows, c.m.cols, c.m.ld, c.apart}, n);
}

extern "C" void gemm_stack_wide(char ta, char tb, struct gemm_pile a,
                                struct gemm_pile b, wide beta,
                                struct gemm_wide_pile c, long n)
{
    product(ta, tb, a, b, beta,
            target{c.m.at, wide_type, c.m.rows, c.m.cols, c.m.ld, c.apart}, n);
}

extern "C" void op_gemm(char ta, char tb, struct mat a, struct mat b,
                        wide beta, struct mat c)
{
    gemm_stack(ta, tb, gemm_pile{a, 0}, gemm_pile{b, 0}, beta, gemm_pile{c, 0},
               1);
}

extern "C" void op_gemm_add(char ta, char tb, struct mat a, struct mat b,
                            struct wide_mat c)
{
    gemm_stack_wide(ta, tb, gemm_pile{a, 0}, gemm_pile{b, 0}, 1,
                    gemm_wide_pile{c, 0}, 1);
}
