#include "src/commands/commands.h"
#include "src/train/loop.h"

int command_train(struct group *g, const struct settings *s, char **inputs,
                  int n)
{
    (void)inputs, (void)n;
    return loop_train(g, s);
}
