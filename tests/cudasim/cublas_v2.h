#ifndef TESTS_CUDASIM_CUBLAS_V2_H
#define TESTS_CUDASIM_CUBLAS_V2_H

/* The products of cuBLAS that Skillet uses, by CBLAS. */

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cublasContext *cublasHandle_t;
typedef struct CUstream_st *cudaStream_t;
typedef enum {
    CUBLAS_STATUS_SUCCESS = 0,
    CUBLAS_STATUS_INVALID_VALUE = 7
} cublasStatus_t;
typedef enum { CUBLAS_OP_N, CUBLAS_OP_T } cublasOperation_t;
typedef enum { CUDA_R_32F = 0, CUDA_R_64F = 1, CUDA_R_16BF = 14 } cudaDataType;
typedef enum {
    CUBLAS_COMPUTE_32F = 68,
    CUBLAS_COMPUTE_64F = 70
} cublasComputeType_t;
typedef enum { CUBLAS_GEMM_DEFAULT = -1 } cublasGemmAlgo_t;

const char *cublasGetStatusString(cublasStatus_t status);
cublasStatus_t cublasCreate(cublasHandle_t *handle);
cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream);
cublasStatus_t cublasGemmStridedBatchedEx(
    cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m,
    int n, int k, const void *alpha, const void *a, cudaDataType a_type,
    int lda, long long a_stride, const void *b, cudaDataType b_type, int ldb,
    long long b_stride, const void *beta, void *c, cudaDataType c_type,
    int ldc, long long c_stride, int batch, cublasComputeType_t compute,
    cublasGemmAlgo_t algorithm);

#ifdef __cplusplus
}
#endif

#endif
