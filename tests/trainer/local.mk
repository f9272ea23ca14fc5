# Training.  One line a test.
c_tests += %D%/test_combinations-cpu-double
c_tests += %D%/test_grid-cpu-float %D%/test_grid-cpu-double
c_tests += %D%/test_sampler-cpu-float
c_tests += %D%/test_sample_losses-cpu-double
c_tests += %D%/test_schedule-cpu-double
c_tests += %D%/test_skips-cpu-double
c_tests += %D%/test_step-cpu-double
c_tests += %D%/test_team-cpu-double
c_tests += %D%/test_zero-cpu-float %D%/test_zero-cpu-double
big_c_tests += %D%/test_combinations_big-cpu-double
big_c_tests += %D%/test_many_ranks-cpu-double
