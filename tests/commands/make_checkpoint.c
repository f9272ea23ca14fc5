/* usage: make_checkpoint DIRECTORY
 * Writes the small checkpoint of the tests, for those that read it with other
 * programs. */
#include "tests/lib/checkpoint_content.h"

int main(int argc, char **argv)
{
    struct checkpoint c;

    world_start(&argc, &argv);
    CHECK(argc == 2, "usage: make_checkpoint DIRECTORY");
    c = content_init(argv[1], 42);
    content_write(&c, group_world());
    checkpoint_free(&c);
    world_stop();
    return 0;
}
