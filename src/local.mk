# The program.  One line a file.

# Compiled once.
noinst_LIBRARIES += %D%/libcore.a
%C%_libcore_a_SOURCES =
%C%_libcore_a_SOURCES += %D%/clock.h
%C%_libcore_a_SOURCES += %D%/duration.c %D%/duration.h
%C%_libcore_a_SOURCES += %D%/launcher.c %D%/launcher.h
%C%_libcore_a_SOURCES += %D%/log.c %D%/log.h
%C%_libcore_a_SOURCES += %D%/nearest.c %D%/nearest.h
%C%_libcore_a_SOURCES += %D%/program.c %D%/program.h
%C%_libcore_a_SOURCES += %D%/settings.c %D%/settings.h
%C%_libcore_a_SOURCES += %D%/settings_row.c %D%/settings_row.h
%C%_libcore_a_SOURCES += %D%/settings_table.c
%C%_libcore_a_SOURCES += %D%/skills/fixed.c %D%/skills/fixed.h
%C%_libcore_a_SOURCES += %D%/skills/graph.c %D%/skills/graph.h
%C%_libcore_a_SOURCES += %D%/skills/mixture.c %D%/skills/mixture.h
%C%_libcore_a_SOURCES += %D%/skills/names.c %D%/skills/names.h
%C%_libcore_a_SOURCES += %D%/skills/policy.c %D%/skills/policy.h
%C%_libcore_a_SOURCES += %D%/skills/random.c %D%/skills/random.h
%C%_libcore_a_SOURCES += %D%/skills/replay.c %D%/skills/replay.h
%C%_libcore_a_SOURCES += %D%/skills/skill_it.c %D%/skills/skill_it.h
%C%_libcore_a_SOURCES += %D%/skills/static.c %D%/skills/static.h
%C%_libcore_a_SOURCES += %D%/skills/stratified.c %D%/skills/stratified.h
%C%_libcore_a_SOURCES += %D%/skills/weights.c %D%/skills/weights.h
%C%_libcore_a_SOURCES += %D%/skills/window.c %D%/skills/window.h
%C%_libcore_a_SOURCES += %D%/synth/addition.c %D%/synth/addition.h
%C%_libcore_a_SOURCES += %D%/synth/draws.c %D%/synth/draws.h
%C%_libcore_a_SOURCES += %D%/synth/generator.c %D%/synth/generator.h
%C%_libcore_a_SOURCES += %D%/synth/lego.c %D%/synth/lego.h
%C%_libcore_a_SOURCES += %D%/synth/samples.c %D%/synth/samples.h
%C%_libcore_a_SOURCES += %D%/synth/sentence.c %D%/synth/sentence.h
%C%_libcore_a_SOURCES += %D%/watchdog.c %D%/watchdog.h

noinst_LIBRARIES += %D%/libcommands.a
%C%_libcommands_a_SOURCES =
%C%_libcommands_a_SOURCES += %D%/commands/commands.c %D%/commands/commands.h
%C%_libcommands_a_SOURCES += %D%/commands/help.c
%C%_libcommands_a_SOURCES += %D%/commands/inspect.c %D%/commands/inspect.h
%C%_libcommands_a_SOURCES += %D%/commands/inspect_checkpoint.c
%C%_libcommands_a_SOURCES += %D%/commands/inspect_graph.c
%C%_libcommands_a_SOURCES += %D%/commands/inspect_run.c
%C%_libcommands_a_SOURCES += %D%/commands/inspect_shard.c
%C%_libcommands_a_SOURCES += %D%/commands/inspect_shards.c
%C%_libcommands_a_SOURCES += %D%/commands/inspect_text.c
%C%_libcommands_a_SOURCES += %D%/commands/output.c %D%/commands/output.h
%C%_libcommands_a_SOURCES += %D%/commands/synth.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_copy.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_create.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_deduplicate.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_inputs.c %D%/commands/tokenize_inputs.h
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_job.c %D%/commands/tokenize_job.h
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_output.c %D%/commands/tokenize_output.h
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_place.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_scan.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_settings.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_skills.c %D%/commands/tokenize_skills.h
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_split.c
%C%_libcommands_a_SOURCES += %D%/commands/tokenize_write.c
%C%_libcommands_a_SOURCES += %D%/commands/train.c
%C%_libcommands_a_SOURCES += %D%/commands/version.c

# Compiled once per program.
train_sources =
train_sources += %D%/model/attention.c %D%/model/attention.h
train_sources += %D%/model/block.c %D%/model/block.h
train_sources += %D%/model/embed.c %D%/model/embed.h
train_sources += %D%/model/exchange.c %D%/model/exchange.h
train_sources += %D%/model/loss.c %D%/model/loss.h
train_sources += %D%/model/memory.h
train_sources += %D%/model/mlp.c %D%/model/mlp.h
train_sources += %D%/model/model.c %D%/model/model.h
train_sources += %D%/model/norm.c %D%/model/norm.h
train_sources += %D%/model/parameters.c %D%/model/parameters.h
train_sources += %D%/model/scratch.c %D%/model/scratch.h
train_sources += %D%/model/shape.c %D%/model/shape.h
train_sources += %D%/train/batch.c %D%/train/batch.h
train_sources += %D%/train/blame.c %D%/train/blame.h
train_sources += %D%/train/data.c %D%/train/data.h
train_sources += %D%/train/evaluate.c %D%/train/evaluate.h
train_sources += %D%/train/loop.c %D%/train/loop.h
train_sources += %D%/train/optimiser.c %D%/train/optimiser.h
train_sources += %D%/train/directory.c %D%/train/directory.h
train_sources += %D%/train/report.c %D%/train/report.h
train_sources += %D%/train/resume.c %D%/train/resume.h
train_sources += %D%/train/resume_save.c
train_sources += %D%/train/resume_stays.c %D%/train/resume_stays.h
train_sources += %D%/train/run.c %D%/train/run.h
train_sources += %D%/train/run_state.c %D%/train/run_state.h
train_sources += %D%/train/sampler.c %D%/train/sampler.h
train_sources += %D%/train/save.c %D%/train/save.h
train_sources += %D%/train/save_background.c %D%/train/save_background.h
train_sources += %D%/train/saves.c %D%/train/saves.h
train_sources += %D%/train/schedule.c %D%/train/schedule.h
train_sources += %D%/train/skips.c %D%/train/skips.h
train_sources += %D%/train/step.c %D%/train/step.h
train_sources += %D%/train/stop.c %D%/train/stop.h

noinst_LIBRARIES += %D%/libtrain-float.a %D%/libtrain-double.a
%C%_libtrain_float_a_SOURCES = $(train_sources)
%C%_libtrain_float_a_CPPFLAGS = $(float_cppflags)
%C%_libtrain_double_a_SOURCES = $(train_sources)
%C%_libtrain_double_a_CPPFLAGS = $(double_cppflags)
# Made where a GPU program or a test asks for it.
EXTRA_LIBRARIES += %D%/libtrain-bf16.a
%C%_libtrain_bf16_a_SOURCES = $(train_sources)
%C%_libtrain_bf16_a_CPPFLAGS = $(bf16_cppflags)

# The one command of the user starts the program that serves a run.
bin_PROGRAMS += skillet
skillet_SOURCES = %D%/launch.c
skillet_CPPFLAGS = $(AM_CPPFLAGS) -DPKGLIBEXECDIR='"$(pkglibexecdir)"'
skillet_LDADD = %D%/libcore.a io/libio.a mpi/libranks.a \
	kernels/libkernels-float.a $(site_libs)

pkglibexec_PROGRAMS += skillet-cpu-float skillet-cpu-double
skillet_cpu_float_SOURCES = %D%/main.c
skillet_cpu_float_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-cpu-float"'
skillet_cpu_float_LDADD = $(float_libs) $(site_libs)
skillet_cpu_double_SOURCES = %D%/main.c
skillet_cpu_double_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-cpu-double"'
skillet_cpu_double_LDADD = $(double_libs) $(site_libs)

if CUDA
pkglibexec_PROGRAMS += skillet-gpu-float skillet-gpu-bf16
skillet_gpu_float_SOURCES = %D%/main.c
skillet_gpu_float_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-gpu-float"'
skillet_gpu_float_LDADD = $(gpu_float_libs) $(CUDA_LIBS) $(site_libs)
skillet_gpu_bf16_SOURCES = %D%/main.c
skillet_gpu_bf16_CPPFLAGS = $(AM_CPPFLAGS) -DPROGRAM='"skillet-gpu-bf16"'
skillet_gpu_bf16_LDADD = $(gpu_bf16_libs) $(CUDA_LIBS) $(site_libs)
endif
