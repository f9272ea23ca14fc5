#!/bin/sh
# The mixtures of the paper, through the program: every golden vector of the
# specification (section 10) to 1e-6, from .csv and .h5, on one rank and two;
# and the other settings that a replay of losses can show.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cd "$TMPDIR" || exit 99

# A run file of train, as it is.  Nothing of model, data or output may matter.
cat >run.ini <<'END'
[model]
layers = 3
[data]
directory = nowhere
[mixture]
policy = skill-it
rounds = 2
floor = 0
[train]
steps = 3
[output]
directory = none
END

# replay SETTING...: of losses.csv, into out and err.
replay() {
  run_ranks 1 train run.ini mixture.replay=losses.csv "$@" >out 2>err
}

# is NAME MIXTURE NUMBER...: mixture 1 is the first; `last` is the last.
is() {
  is_name=$1
  is_line=$2
  shift 2
  test "$is_line" = last && is_line=$(($(wc -l <out) - 1))
  if sed -n "$((is_line + 1))p" out | awk -F , -v want="$*" '
    { n = split(want, w, " "); bad = n != NF
      for (i = 1; i <= n; i++) {
        d = $i - w[i]
        if (d > 1e-6 || d < -1e-6) bad = 1
      }
    }
    END { exit NR != 1 || bad }'; then
    ok "$is_name"
  else
    not_ok "$is_name" "want $*
$(cat out err)"
  fi
}

# golden NAME ETA REDUCE FIRST LAST: graph.csv and the row of losses in
# losses.csv, which becomes three, after an older one that the window leaves
# out.
golden() {
  golden_name=$1
  { sed -n 1p losses.csv
    sed -n 2p losses.csv | sed 's/[^,][^,]*/9/g'
    for _ in 1 2 3; do sed -n 2p losses.csv; done; } >long.csv
  mv long.csv losses.csv
  set -- "$4" "$5" mixture.eta="$2" mixture.window_reduce="$3"
  golden_first=$1
  golden_last=$2
  shift 2
  replay mixture.graph=graph.csv "$@"
  # Words.
  # shellcheck disable=SC2086
  is "$golden_name: the first mixture" 1 $golden_first
  # shellcheck disable=SC2086
  is "$golden_name: after three losses" last $golden_last
  mv out csv.out
  "$top_builddir/tests/commands/make_graph" graph.csv graph.h5
  replay mixture.graph=graph.h5 "$@"
  check "$golden_name: the same from .h5" cmp csv.out out
}

lego() {
  cat >graph.csv <<'END'
teaches,s5,s4,s3,s2,s1
s1,0,0,0,0,1
s2,0,0.5,0.5,1,0.5
s3,0,0,1,0,0
s4,0,1,0,0,0
s5,1,0,0,0,0
END
  printf 's1,s2,s3,s4,s5\n.01,.69,.70,.69,.69\n' >losses.csv
}
lego
golden "LEGO, sum" 0.5 sum ".163479 .346085 .163479 .163479 .163479" \
  ".057849 .458445 .162852 .160427 .160427"
lego
golden "LEGO, mean" 0.5 mean ".163479 .346085 .163479 .163479 .163479" \
  ".138589 .276306 .195686 .194710 .194710"

printf ',s1,s2,s3\ns1,1,0,0\ns2,.5,1,.5\ns3,0,0,1\n' >graph.csv
printf 's3\n.69\n' >losses.csv
golden "LEGO to skill 3" 0.5 mean ".254275 .326496 .419229" \
  ".277758 .330052 .392191"

printf ',ones,tens,hundreds\nones,1,0,0\ntens,.5,1,0\nhundreds,0,0,1\n' \
  >graph.csv
printf 'ones,tens,hundreds\n2.3,2.3,.1\n' >losses.csv
golden "addition" 0.1 sum ".327732 .344535 .327732" ".341432 .482098 .176470"

printf ',ones,tens\nones,1,0\ntens,.5,1\n' >graph.csv
printf 'ones\n0\n' >losses.csv
golden "addition to ones" 0.1 mean ".512497 .487503" ".5 .5"

# The column that counts is the published one, the others have the digits of
# the specification.
cat >graph.csv <<'END'
,EngQA,SpQA,EngQG,SpQG
EngQA,.4453,.0769,.1212,0.025769910795225393
SpQA,0,.6837,0,0.45911205007875555
EngQG,.0883,.0466,.5001,0.07984545376661023
SpQG,0,.3610,0,0.45529002122741824
END
printf 'SpQG\n2.45\n' >losses.csv
golden "Spanish question generation" 0.8 mean \
  ".205398 .290505 .214478 .289618" ".147697 .345335 .164211 .342757"

stance() {
  printf ',stance,matching\nstance,1.3418898268749841,0\n' >graph.csv
  printf 'matching,0.73245786295996806,.875\n' >>graph.csv
  printf 'stance\n1.5\n' >losses.csv
}
stance
golden "stance, eta 0.2" 0.2 mean ".530434 .469566" ".545581 .454419"
stance
golden "stance, eta 0.5" 0.5 mean ".575595 .424405" ".612320 .387680"

# From here on by hand.
same "nothing but mixtures is printed: names" "stance,matching" \
  "$(head -n 1 out)"
same "and one more than rows" 6 "$(wc -l <out)"
check "no directory of a run" test ! -e none
mv out one.out
launch 2 "$skillet" train run.ini mixture.replay=losses.csv \
  mixture.graph=graph.h5 mixture.eta=0.5 >out 2>err
check "the same on 2 ranks" cmp one.out out
check "a run file is not needed" run_ranks 1 train mixture.replay=losses.csv \
  mixture.graph=graph.csv

printf 'b,a\n1,3\n2,2\n0,0\n' >losses.csv
replay mixture.eta=1e4
is "eta 10000: all to the largest loss" 2 0 1
is "equal losses, and before: still there" 3 0 1
same "without a graph that is said on the other stream" 1 \
  "$(grep -c '^warning: no mixture.graph' err)"
replay mixture.eta=1 mixture.window=1 mixture.relative_loss=yes \
  mixture.eta_schedule=loss
is "relative losses: the first are alike" 2 .5 .5
# exp((4 / 4) (2 / 1 - 2 / 3))
is "then what has become of each" 3 .791391 .208609
is "losses of 0 everywhere leave equal shares" 4 .5 .5
replay mixture.eta=1 skills.evaluate=a,b skills.train=a,b
is "skills in another order" 2 .880797 .119203
replay mixture.eta=1 mixture.floor=0.1
is "a floor" 2 .157283 .842717
replay mixture.eta=1 mixture.initial=b:1,a:3 mixture.prior=3,1
is "the first mixture as given" 1 .25 .75
is "a prior" 2 .288765 .711235
replay mixture.eta=1 mixture.initial_loss=yes
is "the window begins with the mean of the first losses" 2 .268941 .731059
printf ',b,a\nb,1,.5\na,0,1\nlone,0,0\n' >graph.csv
replay mixture.eta=1 mixture.window=1 mixture.graph=graph.csv \
  skills.train=b,a mixture.edge_decay=0.5
is "an edge before it decays" 2 .377541 .622459
# exp(2 + .25 2) against exp(2)
is "and after" 3 .622459 .377541
replay mixture.eta=1 mixture.graph=graph.csv mixture.fixed=lone:0.4
is "a fixed share" 1 .373475 .226525 .4
printf ',x,y,z\nx,1,0,0\ny,0,1,2\nz,0,0,1\n' >graph.csv
printf 'x,y,z\n1,2,3\n' >losses.csv
replay mixture.eta=1 mixture.graph=graph.csv mixture.lone_skills=uniform
# exp(2 + 6) against exp(3)
is "a lone skill" 2 .333333 .662205 .004462
replay mixture.policy=stratified mixture.graph=graph.csv skills.evaluate=z
is "stratified: what teaches the target" 2 0 .5 .5
replay mixture.policy=random mixture.weights=1,1,2
is "random, by weights" 2 .25 .25 .5
printf '"1","a,b",c\n1,1,1\n' >losses.csv
replay
same "names that need quotes have them" '"1","a,b",c' "$(head -n 1 out)"
printf 'a,b\n' >losses.csv
replay
is "no losses: the first mixture" last .5 .5

# refused NAME PATTERN SETTING...: status 2, one sentence, nothing printed.
refused() {
  refused_name=$1
  refused_pattern=$2
  shift 2
  replay "$@"
  refused_status=$?
  if test $refused_status -eq 2 && test ! -s out &&
    test "$(wc -l <err)" -eq 1 && grep -q "$refused_pattern" err; then
    ok "refused: $refused_name"
  else
    not_ok "refused: $refused_name" "status $refused_status: $(cat out err)"
  fi
}

printf 'a,b\n1,2\n1,nan\n' >losses.csv
refused "a loss that is no number" "losses.csv:3: column 2: 'nan'"
printf 'a,b\n1,2\n1,1e31\n' >losses.csv
refused "a huge loss" "1e+31 of skill b in row 2"
printf '1,2\n1,2\n' >losses.csv
refused "losses without names" "losses.csv:1: column 1: 1 is a number"
printf 'a,b,a\n1,2,3\n' >losses.csv
refused "a skill twice" "'a' was already given"
printf 'a,b\n1,2\n' >losses.csv
refused "a skill that has no losses" 'skills.evaluate.*"c"' skills.evaluate=a,c
refused "a graph without it" "graph.csv: no column" mixture.graph=graph.csv
refused "sizes that are not known" "random needs mixture.weights" \
  mixture.policy=random
refused "no graph between other skills" "needs mixture.graph" skills.train=a,c
refused "no such file" "nothing.csv" mixture.replay=nothing.csv
launch 2 "$skillet" train run.ini mixture.replay=nothing.csv >out 2>err
status=$?
if test $status -eq 2 && test "$(grep -c '^skillet: ' err)" -eq 1 &&
  test ! -s out; then
  ok "refused on 2 ranks"
else
  not_ok "refused on 2 ranks" "status $status: $(cat out err)"
fi
tap_done
