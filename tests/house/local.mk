# How the code is built and written.  One line a test.
sh_tests += %D%/format.sh
sh_tests += %D%/harness.sh
sh_tests += %D%/headers.sh
sh_tests += %D%/install.sh
sh_tests += %D%/layering.sh
sh_tests += %D%/shell.sh
sh_tests += %D%/symbols.sh

EXTRA_DIST += %D%/strip.awk
