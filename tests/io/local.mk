# Files.  One line a test.
c_tests += %D%/test_checkpoint-cpu-float
c_tests += %D%/test_checkpoint_damage-cpu-float
c_tests += %D%/test_checkpoint_thread-cpu-float
c_tests += %D%/test_corpus-cpu-float
c_tests += %D%/test_csv-cpu-float
c_tests += %D%/test_merges-cpu-float
c_tests += %D%/test_metrics-cpu-float
c_tests += %D%/test_pieces-cpu-float
c_tests += %D%/test_shard-cpu-float
c_tests += %D%/test_shard_foreign-cpu-float
c_tests += %D%/test_sum-cpu-float
c_tests += %D%/test_tokenizer-cpu-float
c_tests += %D%/test_tokenizer_file-cpu-float
c_tests += %D%/test_tokenizer_fuzz-cpu-float
c_tests += %D%/test_tokenizer_golden-cpu-float
