# A training's life on disk; compiled once per number type.  One line a file.
run_sources =
run_sources += %D%/directory.c %D%/directory.h
run_sources += %D%/loop.c %D%/loop.h
run_sources += %D%/report.c %D%/report.h
run_sources += %D%/report_start.c
run_sources += %D%/resume.c %D%/resume.h
run_sources += %D%/resume_compare.c %D%/resume_compare.h
run_sources += %D%/resume_stays.c %D%/resume_stays.h
run_sources += %D%/run.c %D%/run.h
run_sources += %D%/run_state.c %D%/run_state.h
run_sources += %D%/save.c %D%/save.h
run_sources += %D%/save_background.c %D%/save_background.h
run_sources += %D%/saves.c %D%/saves.h
run_sources += %D%/snapshot.c %D%/snapshot.h
run_sources += %D%/stop.c %D%/stop.h
run_sources += %D%/watchdog.c %D%/watchdog.h
EXTRA_DIST += $(run_sources)
