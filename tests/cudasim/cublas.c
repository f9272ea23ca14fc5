/* cuBLAS by CBLAS. */
#include "tests/cudasim/cublas_v2.h"

#include <cblas.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cudasim/cudasim.h"

/* One matrix of a batch, by columns. */
struct matrix {
    const void *at;
    cudaDataType type;
    long rows, cols, ld;
};

const char *cublasGetStatusString(cublasStatus_t status)
{
    return status == CUBLAS_STATUS_SUCCESS ? "success" : "invalid value";
}

cublasStatus_t cublasCreate(cublasHandle_t *handle)
{
    static int anything;

    *handle = (cublasHandle_t)&anything;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream)
{
    (void)handle, (void)stream;
    return CUBLAS_STATUS_SUCCESS;
}

static long width(cudaDataType type)
{
    return type == CUDA_R_64F ? 8 : type == CUDA_R_32F ? 4 : 2;
}

static float widened(uint16_t bits)
{
    uint32_t wide = (uint32_t)bits << 16;
    float value;

    memcpy(&value, &wide, sizeof value);
    return value;
}

static uint16_t narrowed(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return value != value
               ? 0x7fff
               : (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* A copy in float without gaps, malloc'd. */
static float *unpacked(struct matrix m)
{
    float *copy = malloc((size_t)(m.rows * m.cols + 1) * sizeof *copy);

    for (long j = 0; j < m.cols; j++)
        for (long i = 0; i < m.rows; i++) {
            long at = j * m.ld + i;

            copy[j * m.rows + i] = m.type == CUDA_R_32F
                                       ? ((const float *)m.at)[at]
                                       : widened(((const uint16_t *)m.at)[at]);
        }
    return copy;
}

static void pack(struct matrix m, const float *from, void *to)
{
    for (long j = 0; j < m.cols; j++)
        for (long i = 0; i < m.rows; i++) {
            float value = from[j * m.rows + i];

            if (m.type == CUDA_R_32F)
                ((float *)to)[j * m.ld + i] = value;
            else
                ((uint16_t *)to)[j * m.ld + i] = narrowed(value);
        }
}

static int at_least_1(long n)
{
    return n > 0 ? (int)n : 1;
}

static void in_double(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, long k,
                      struct matrix a, struct matrix b, double beta,
                      struct matrix c)
{
    cblas_dgemm(CblasColMajor, ta, tb, (int)c.rows, (int)c.cols, (int)k, 1,
                a.at, (int)a.ld, b.at, (int)b.ld, beta, (double *)c.at,
                (int)c.ld);
}

/* Numbers of two bytes are computed with as floats, and rounded once. */
static void in_float(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, long k,
                     struct matrix a, struct matrix b, float beta,
                     struct matrix c)
{
    float *fa = unpacked(a), *fb = unpacked(b), *fc = unpacked(c);

    cblas_sgemm(CblasColMajor, ta, tb, (int)c.rows, (int)c.cols, (int)k, 1, fa,
                at_least_1(a.rows), fb, at_least_1(b.rows), beta, fc,
                at_least_1(c.rows));
    pack(c, fc, (void *)c.at);
    free(fa);
    free(fb);
    free(fc);
}

static struct matrix of_batch(struct matrix m, long i, long long stride)
{
    m.at = (const char *)m.at + i * stride * width(m.type);
    return m;
}

cublasStatus_t cublasGemmStridedBatchedEx(
    cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m,
    int n, int k, const void *alpha, const void *a, cudaDataType a_type,
    int lda, long long a_stride, const void *b, cudaDataType b_type, int ldb,
    long long b_stride, const void *beta, void *c, cudaDataType c_type,
    int ldc, long long c_stride, int batch, cublasComputeType_t compute,
    cublasGemmAlgo_t algorithm)
{
    CBLAS_TRANSPOSE t1 = ta == CUBLAS_OP_T ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE t2 = tb == CUBLAS_OP_T ? CblasTrans : CblasNoTrans;
    struct matrix ma = {a, a_type, ta == CUBLAS_OP_T ? k : m,
                        ta == CUBLAS_OP_T ? m : k, lda};
    struct matrix mb = {b, b_type, tb == CUBLAS_OP_T ? n : k,
                        tb == CUBLAS_OP_T ? k : n, ldb};
    struct matrix mc = {c, c_type, m, n, ldc};

    (void)handle, (void)algorithm;
    if (m < 0 || n < 0 || k < 0 || batch < 0 || lda < at_least_1(ma.rows) ||
        ldb < at_least_1(mb.rows) || ldc < at_least_1(m) ||
        (compute == CUBLAS_COMPUTE_64F) != (c_type == CUDA_R_64F) ||
        a_type != b_type || (c_type != a_type && c_type != CUDA_R_32F) ||
        *(compute == CUBLAS_COMPUTE_64F ? &(float){1}
                                        : (const float *)alpha) != 1)
        return CUBLAS_STATUS_INVALID_VALUE;
    cudasim_open();
    for (int i = 0; i < batch; i++) {
        struct matrix ai = of_batch(ma, i, a_stride);
        struct matrix bi = of_batch(mb, i, b_stride);
        struct matrix ci = of_batch(mc, i, c_stride);

        if (compute == CUBLAS_COMPUTE_64F)
            in_double(t1, t2, k, ai, bi, *(const double *)beta, ci);
        else
            in_float(t1, t2, k, ai, bi, *(const float *)beta, ci);
    }
    cudasim_close();
    return CUBLAS_STATUS_SUCCESS;
}
