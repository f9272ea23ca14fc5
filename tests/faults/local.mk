# What is lost when the machine fails: nothing.  One line a test.
sh_tests += %D%/faults.sh
sh_tests += %D%/faults_stop.sh
sh_tests += %D%/watchdog.sh
EXTRA_DIST += %D%/fault_frame.sh

tool_programs += %D%/hang
