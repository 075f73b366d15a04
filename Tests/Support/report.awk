# Sums a test run up: failed and skipped tests, the ten slowest, and as the last line the counts.
#
# usage: awk -v status=<exit status of swift test> -f report.awk EVENTS CONSOLE
#
# EVENTS is the event stream of Swift Testing, version 0: one JSON object a line. It names every test in advance, so a
# test that a crash cut off, or that never began, is counted as failed. CONSOLE is what was printed: XCTest has no event
# stream, its tests are read from there.

# The value of the first string member of that name in a JSON text. No text is taken for a member: within a JSON string
# the quotes have backslashes.
function member(key, json) {
    if (!match(json, "\"" key "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
    return unescaped(substr(json, RSTART + length(key) + 4, RLENGTH - length(key) - 5))
}

# The id of a test. Its arguments, each with a name and an id of its own and nothing else, may stand before it.
function testID(json) {
    gsub(/\{"displayName":"([^"\\]|\\.)*","id":"([^"\\]|\\.)*"\}/, "", json)
    return member("id", json)
}

function unescaped(string) {
    gsub(/\\\//, "/", string)
    gsub(/\\"/, "\"", string)
    gsub(/\\n/, " ", string)
    gsub(/\\\\/, "\\", string)
    return string
}

# Seconds on the clock of the test run.
function instant() {
    return match($0, /"absolute":[0-9.]+/) ? substr($0, RSTART + 11, RLENGTH - 11) + 0 : 0
}

# What stands after the colon in `Test f() skipped: "why"`.
function reason(message) {
    return sub(/^.* (skipped|seconds): /, "", message) ? message : "no reason given"
}

function note(id) {
    if (!(id in state)) {
        order[++tests] = id
        state[id] = "never began"
    }
}

FILENAME == ARGV[1] && /^\{"kind":"test",/ && /"kind":"function"/ { note(testID($0)) }

FILENAME == ARGV[1] && /^\{"kind":"event",/ {
    id = member("testID", $0)
    if (!(id in state)) next
    if (/"kind":"testStarted"/) {
        start[id] = instant()
        if (state[id] == "never began") state[id] = "did not end"
    } else if (/"kind":"testSkipped"/) {
        state[id] = "skipped"
        why[id] = reason(member("text", $0))
    } else if (/"kind":"issueRecorded"/) {
        # No testEnded follows, if it was a condition of the test that threw.
        if (member("symbol", $0) == "fail") state[id] = "failed"
    } else if (/"kind":"testEnded"/) {
        seconds[id] = instant() - start[id]
        symbol = member("symbol", $0)
        state[id] = symbol == "fail" ? "failed" : symbol == "skip" ? "skipped" : "passed"
        if (symbol == "skip") why[id] = reason(member("text", $0))
    }
}

FILENAME == ARGV[2] && /^Test Case '.*' (started at|passed|failed|skipped)/ {
    id = $3
    gsub(/'/, "", id)
    note(id)
    if ($4 == "started") {
        state[id] = "did not end"
    } else {
        state[id] = $4
        seconds[id] = substr($5, 2) + 0
    }
}

FILENAME == ARGV[2] && / : Test skipped - / {
    id = $2
    sub(/^.* : Test skipped - /, "")
    why[id] = "\"" $0 "\""
}

END {
    for (i = 1; i <= tests; i++) {
        id = order[i]
        if (state[id] == "passed") passed++
        else if (state[id] == "skipped") skippedIDs[++skipped] = id
        else failedIDs[++failed] = id
    }
    print ""
    if (failed) print "Failed:"
    for (i = 1; i <= failed; i++) {
        id = failedIDs[i]
        print "  " id (state[id] == "failed" ? "" : " (" state[id] ")")
    }
    if (skipped) print "Skipped:"
    for (i = 1; i <= skipped; i++) {
        id = skippedIDs[i]
        print "  " id ": " (id in why ? why[id] : "no reason given")
    }
    if (passed + failed) print "Slowest:"
    for (i = 1; i <= 10; i++) {
        slowest = ""
        for (id in seconds)
            if (slowest == "" || seconds[id] > seconds[slowest] || seconds[id] == seconds[slowest] && id < slowest)
                slowest = id
        if (slowest == "") break
        printf "  %8.3f s  %s\n", seconds[slowest], slowest
        delete seconds[slowest]
    }
    if (status != 0 && !failed) print "No test failed, but swift test did (exit status " status "): see above."
    else if (!tests) print "There was no test to run."
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit status != 0 || failed || !tests
}
