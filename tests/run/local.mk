# A run's life on disk.  One line a test.
c_tests += %D%/test_save-cpu-float %D%/test_save-cpu-double
c_tests += %D%/test_stop-cpu-double
