# The paper's skill sets.  One line a test.
c_tests += %D%/test_addition-cpu-float
c_tests += %D%/test_synth-cpu-float
