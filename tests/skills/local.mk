# Mixtures.  One line a test.
c_tests += %D%/test_graph-cpu-float
c_tests += %D%/test_mixture-cpu-float
c_tests += %D%/test_policy-cpu-float
c_tests += %D%/test_policy_kind-cpu-float
c_tests += %D%/test_skill_it-cpu-float
