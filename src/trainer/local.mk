# A training on a given group; compiled once per number type.  One line a file.
trainer_sources =
trainer_sources += %D%/batch.c %D%/batch.h
trainer_sources += %D%/blame.c %D%/blame.h
trainer_sources += %D%/data.c %D%/data.h
trainer_sources += %D%/data_shards.c %D%/data_shards.h
trainer_sources += %D%/data_synthetic.c %D%/data_synthetic.h
trainer_sources += %D%/evaluation.c %D%/evaluation.h
trainer_sources += %D%/optimiser.c %D%/optimiser.h
trainer_sources += %D%/sampler.c %D%/sampler.h
trainer_sources += %D%/schedule.c %D%/schedule.h
trainer_sources += %D%/skips.c %D%/skips.h
trainer_sources += %D%/step.c %D%/step.h
trainer_sources += %D%/trainer.c %D%/trainer.h
EXTRA_DIST += $(trainer_sources)
