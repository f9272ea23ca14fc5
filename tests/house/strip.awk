# C without comments, and with empty string and character constants, each line
# as "FILE:LINE:CODE": so that a search meets code only.
FNR == 1 { inside = 0 }
{
  line = $0
  code = ""
  while (line != "") {
    if (inside) {
      at = index(line, "*/")
      if (!at)
        break
      line = substr(line, at + 2)
      inside = 0
    } else if (match(line, /\/\*|\/\/|["']/)) {
      code = code substr(line, 1, RSTART - 1)
      mark = substr(line, RSTART, RLENGTH)
      line = substr(line, RSTART + RLENGTH)
      if (mark == "//")
        break
      if (mark == "/*") {
        inside = 1
      } else {
        code = code mark mark
        end = mark == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"
        if (!match(line, end))
          break
        line = substr(line, RLENGTH + 1)
      }
    } else {
      code = code line
      break
    }
  }
  print FILENAME ":" FNR ":" code
}
