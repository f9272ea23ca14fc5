# Many ranks.  One line a test.
c_tests += %D%/test_coll-cpu-float %D%/test_coll-cpu-double
c_tests += %D%/test_coll_parts-cpu-float %D%/test_coll_parts-cpu-double
