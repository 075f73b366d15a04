import AdrCLI

/// What the head and the foot of every page say of the release.
enum Release {
    /// The day of the release, as mdoc wants it. A constant, so that the same sources always make the same pages;
    /// changed together with ``version``.
    static let date = "November 24, 2026"
    static let version = Program.version
}
