# The model.  One line a test.
c_tests += %D%/test_adjoint-cpu-float %D%/test_adjoint-cpu-double
c_tests += %D%/test_documents-cpu-double
c_tests += %D%/test_golden-cpu-double
c_tests += %D%/test_gradients-cpu-double
c_tests += %D%/test_recompute-cpu-float %D%/test_recompute-cpu-double
