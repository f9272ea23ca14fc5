#include "kernels/base/exit.h"
#include "src/commands/commands.h"

#include "kernels/base/exit.h"
#include "src/log.h"
#include "src/run/loop.h"
#include "src/skills/replay.h"

/* One rank is enough for it, and one alone may have the files. */
static int replay(struct group *g, const struct settings *s)
{
    refuse_if(g,
              group_rank(g) == 0 ? replay_run(s, log_stream()) : NO_PROBLEM);
    return EXIT_DONE;
}

int command_train(struct group *g, const struct settings *s, char **inputs,
                  int n)
{
    int status = EXIT_DONE;

    (void)inputs, (void)n;
    if (*s->mixture.replay)
        return replay(g, s);
    refuse_if(g, loop_train(g, s, &status));
    return status;
}
