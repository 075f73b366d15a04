import Testing

@testable import CommandTable

@Suite struct SuggestionTests {
    @Test func misspelledWords() {
        let group = refusal("polciy", "show")
        #expect(group.message == "'polciy' is misspelled or not recognized by the system.")
        #expect(group.recommendations == ["Did you mean 'policy' ?", "Help: tool --help"])
        #expect(refusal("ns", "CRAETE").recommendations == ["Did you mean 'create' ?", "Help: tool ns --help"])
        #expect(refusal("ns", "polyci").recommendations.first == "Did you mean 'policy' ?")
        #expect(refusal("iot", "ard").recommendations.first == "Did you mean 'adr' ?")
        #expect(refusal("pol").recommendations.first == "Did you mean 'policy' ?")
        #expect(refusal("frobnicate").recommendations == ["Help: tool --help"])
    }

    @Test func verbsUnderAnotherNoun() {
        #expect(refusal("ns", "sync").recommendations == ["Did you mean 'tool policy sync' ?", "Help: tool ns --help"])
        #expect(
            refusal("show").recommendations
                == ["Did you mean 'tool policy show' ?", "Did you mean 'tool file show' ?", "Help: tool --help"]
        )
    }

    @Test func misspelledOptions() {
        let error = refusal("ns", "create", "-n", "x", "--fource", "--poliy-name=p", "--zzzzzz", "stray")
        #expect(error.message == "unrecognized arguments: --fource --poliy-name=p --zzzzzz stray")
        #expect(
            error.recommendations.prefix(2) == ["Did you mean '--force' ?", "Did you mean '--policy-name' ?"]
        )
        #expect(error.recommendations.last == "Help: tool ns create --help")
        #expect(refusal("ns", "create", "-n=x", "--secrte").recommendations.first?.contains("Did you") == false)
    }

    @Test func theExampleThatFitsIsShown() {
        #expect(refusal("ns", "create").recommendations.first == "Example: tool ns create -n factory")
        let fitting = refusal("ns", "create", "--days", "7", "--pn", "week")
        #expect(
            fitting.recommendations.first?.hasPrefix("Example: tool ns create -n factory --policy-name week") == true
        )
    }

    @Test func unknownOptionsOfAGroup() {
        let error = refusal("ns", "--fource")
        #expect(error.message == "unrecognized arguments: --fource")
        #expect(error.recommendations.last == "Help: tool ns --help")
        #expect(refusal("ns", "-o").message == "argument --output/-o: expected one argument")
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("kitten", "sitting", 3),
        ("ab", "ba", 1), ("craete", "create", 1), ("ca", "abc", 3),
    ])
    func distances(left: String, right: String, distance: Int) {
        #expect(editDistance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(editDistance(Array(right.utf8), Array(left.utf8)) == distance)
    }

    @Test func shortNamesAreNotGuessed() {
        #expect(nearest(to: "--dn", among: ["--ns", "--pn"]) == nil)
        #expect(nearest(to: "--NS", among: ["--pn", "--ns"]) == "--ns")
        #expect(nearest(to: "--", among: ["--ns"]) == nil)
    }
}
