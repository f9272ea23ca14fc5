# The layers; compiled once per number type.  One line a file.
model_sources =
model_sources += %D%/attention.c %D%/attention.h
model_sources += %D%/block.c %D%/block.h
model_sources += %D%/embed.c %D%/embed.h
model_sources += %D%/exchange.c %D%/exchange.h
model_sources += %D%/loss.c %D%/loss.h
model_sources += %D%/memory.h
model_sources += %D%/mlp.c %D%/mlp.h
model_sources += %D%/model.c %D%/model.h
model_sources += %D%/norm.c %D%/norm.h
model_sources += %D%/parameters.c %D%/parameters.h
model_sources += %D%/scratch.c %D%/scratch.h
model_sources += %D%/shape.c %D%/shape.h
EXTRA_DIST += $(model_sources)
