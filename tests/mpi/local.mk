# Many ranks.  One line a test.
c_tests += %D%/test_parts-cpu-float %D%/test_parts-cpu-double
c_tests += %D%/test_ranks-cpu-float %D%/test_ranks-cpu-double
