import Testing

@testable import CommandTable

@Test func splitsWordsAtBlanks() {
    #expect(splitWords("ns create") == ["ns", "create"])
}
