# Commands, as a user gives them.  One line a test.
c_tests += %D%/test_ini-cpu-float
c_tests += %D%/test_inspect-cpu-float
c_tests += %D%/test_settings-cpu-float
c_tests += %D%/test_stays-cpu-float
sh_tests += %D%/checkpoint.sh
sh_tests += %D%/cli.sh
sh_tests += %D%/demo_text.sh
sh_tests += %D%/inspect.sh
sh_tests += %D%/replay.sh
sh_tests += %D%/resume.sh
sh_tests += %D%/samples.sh
sh_tests += %D%/synth.sh
sh_tests += %D%/tokenize.sh
sh_tests += %D%/tokenizer.sh
sh_tests += %D%/train.sh
big_sh_tests += %D%/corpus.sh
big_sh_tests += %D%/demo.sh
big_sh_tests += %D%/many_ranks.sh

tool_programs += %D%/make_checkpoint %D%/make_graph
