/// A line that the parser refuses: unknown words or options, missing arguments, a value of the wrong type or outside
/// its list. The program ends with exit status 2.
package struct UsageError: Error, Sendable {
    /// One sentence, worded as az's own parser words it, without a leading `ERROR:` or program name.
    package let message: String
    /// What to do next, one line each: a near spelling, a command that fits.
    package let recommendations: [String]

    package init(_ message: String, recommendations: [String] = []) {
        self.message = message
        self.recommendations = recommendations
    }
}
