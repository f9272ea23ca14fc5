#!/bin/sh
# When ranks make no progress, each reports where it is, whichever hangs and in
# what, before the launcher kills it; the job then ends with status 1.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
hang=$top_builddir/tests/faults/hang
cd "$TMPDIR" || exit 99

# stands FILE PATTERN: how many different ranks say so.
stands() {
  grep "^skillet: rank [0-9]* on .* has made no progress .*$2" "$1" |
    awk '{ print $3 }' | sort -u | wc -l
}

waits='after step 7, testing, waits in collective 2 of the step'
laggard='in no collective, the last was collective 1 .*(group_any of 4 ranks)'
for kind in loop read print; do
  launch 4 "$hang" $kind 2 >out 2>&1
  same "$kind: status" 1 $?
  same "$kind: three wait" 3 \
    "$(stands out "$waits (group_barrier of 4 ranks)")"
  same "$kind: the laggard is plain" 3 "$(sed -n \
    "s/.*rank \([0-9]*\) on .* $laggard.*/\1/p" out)"
done
check "who moves slowly is left alone" launch 2 "$hang" none 2
check "0 seconds: no watchdog" launch 2 "$hang" none 0
# Nobody reads what it says, and the pipe is full.
mkfifo full
exec 8<>full
dd if=/dev/zero of=full oflag=nonblock bs=4096 count=1000 2>/dev/null
timeout -k 5 30 "$hang" loop 2 2>&8
same "who can't speak ends too" 1 $?

cat >run.ini <<'END'
[model]
layers = 1
hidden = 16
heads = 4
vocabulary = 40
context = 8
rotary_fraction = 1
[train]
steps = 1000000
global_batch = 4
sequence_length = 8
[checkpoint]
every = 0
[evaluate]
windows = 4
END
# One of two ranks is stopped, as on a node that does not answer.
start 2 train run.ini output.directory=run train.watchdog=2 >out 2>&1
wait_for_event step run
kill -STOP "$(cat pid.1)"
wait "$started"
same "a stopped rank: status" 1 $?
same "the other one waits for it" 1 "$(stands out \
  'training, waits in collective [0-9]* of the step (.* of 2 ranks)')"
same "alone" 1 "$(grep -c 'has made no progress' out)"
tap_done
