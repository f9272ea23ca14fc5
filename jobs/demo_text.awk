# The text of the demo: six skills of which some build on others, as JSON lines
# into DIRECTORY/SKILL.jsonl.  The same bytes from every awk: numbers are drawn
# by Park and Miller's generator, whose products are exact in double.
#   usage: awk -v directory=DIRECTORY -f demo_text.awk
#
#   counting   seven eight nine ten.
#   sums       three plus four is seven.            builds on counting
#   days       the day after monday is tuesday.
#   sentences  the old baker likes a small dog.
#   plans      on monday anna calls the baker. ...  builds on days, sentences
#   stories    anna has three plums. ...            builds on sums, sentences

function draw(n) {
  state = 16807 * state % 2147483647
  return state % n
}

function pick(list) {
  return list[1 + draw(list[0])]
}

function words(list, text,   n) {
  n = split(text, list, " ")
  list[0] = n
}

function counting(   i, first, n, line) {
  first = draw(15)
  n = 3 + draw(4)
  line = number[first]
  for (i = 1; i < n; i++)
    line = line " " number[first + i]
  return line "."
}

function sums(   a, b) {
  a = draw(11)
  b = draw(10)
  if (draw(2))
    return number[a] " plus " number[b] " is " number[a + b] "."
  return number[a + b] " minus " number[b] " is " number[a] "."
}

function days(   at) {
  at = draw(7)
  if (draw(2))
    return "the day after " day[at] " is " day[(at + 1) % 7] "."
  return "two days after " day[at] " comes " day[(at + 2) % 7] "."
}

# One draw an expression: awks differ in the order of evaluation.
function someone(   what) {
  what = pick(kind)
  return "the " what " " pick(trade)
}

function thing(   what) {
  what = pick(size)
  return "a " what " " pick(animal)
}

function sentences(   who, does) {
  who = someone()
  does = pick(verb)
  return who " " does " " thing() "."
}

function plans(   at, name, whom, first, second) {
  at = draw(7)
  name = pick(person)
  first = pick(verb)
  whom = someone()
  second = pick(verb)
  return "on " day[at] " " name " " first " " whom ". the day after, on " \
    day[(at + 1) % 7] ", " name " " second " " thing() "."
}

function stories(   a, b, name, other, what) {
  a = 1 + draw(9)
  b = 1 + draw(9)
  name = pick(person)
  other = pick(person)
  what = pick(fruit)
  if (draw(2))
    return name " has " number[a] " " what ". " other " brings " number[b] \
      " " what ". now " name " has " number[a + b] " " what "."
  return name " has " number[a + b] " " what ". " other " takes " number[b] \
    " " what ". now " name " has " number[a] " " what "."
}

function sentence(skill) {
  if (skill == "counting") return counting()
  if (skill == "sums") return sums()
  if (skill == "days") return days()
  if (skill == "sentences") return sentences()
  if (skill == "plans") return plans()
  return stories()
}

# Each document has about 700 bytes.
function write(skill, documents,   i, line, file) {
  file = directory "/" skill ".jsonl"
  for (i = 0; i < documents; i++) {
    line = sentence(skill)
    while (length(line) < 700)
      line = line " " sentence(skill)
    printf "{\"text\":\"%s\"}\n", line >file
  }
  close(file)
}

BEGIN {
  state = 20230726
  split("one two three four five six seven eight nine ten eleven twelve " \
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty", \
    number, " ")
  number[0] = "zero"
  split("tuesday wednesday thursday friday saturday sunday", day, " ")
  day[0] = "monday"
  words(person, "anna ben clara david emma felix greta henry")
  words(fruit, "plums pears apples nuts figs lemons")
  words(kind, "old young tall kind quiet clever busy happy")
  words(trade, "baker farmer doctor sailor teacher painter miller judge")
  words(verb, "likes sees calls helps follows paints meets feeds")
  words(size, "small big black white brown grey")
  words(animal, "dog cat horse goat duck sheep mouse fox")
  write("counting", 120)
  write("sums", 180)
  write("days", 90)
  write("sentences", 300)
  write("plans", 150)
  write("stories", 240)
}
