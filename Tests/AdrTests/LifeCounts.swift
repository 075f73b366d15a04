/// What was played and judged.
struct LifeCounts {
    var sequences = 0
    var operations = 0
    /// Those that were refused, as they had to be.
    var refusals = 0
    /// Those that named what there never was.
    var skipped = 0
    var certificates = 0
    /// Moments at which everybody was judged.
    var moments = 0
    /// By hubs, beside `openssl verify -partial_chain -crl_check`.
    var atHubs = 0
    /// Against the roots, beside `openssl verify -x509_strict -crl_check_all`.
    var atRoots = 0
    /// By GnuTLS.
    var byGnuTLS = 0
    /// Judgements in which no CRL could know what a hub knows: the CA's key was wiped before the revocation.
    var excepted = 0
    /// What hubs said, and how often.
    var verdicts: [String: Int] = [:]

    static func += (sum: inout LifeCounts, more: LifeCounts) {
        sum.sequences += more.sequences
        sum.operations += more.operations
        sum.refusals += more.refusals
        sum.skipped += more.skipped
        sum.certificates += more.certificates
        sum.moments += more.moments
        sum.atHubs += more.atHubs
        sum.atRoots += more.atRoots
        sum.byGnuTLS += more.byGnuTLS
        sum.excepted += more.excepted
        sum.verdicts.merge(more.verdicts, uniquingKeysWith: +)
    }

    var text: String {
        """
        \(sequences) sequences, \(operations) operations (\(refusals) refused, \(skipped) impossible), \(certificates) \
        certificates, judged at \(moments) moments: \(atHubs) times by a hub and openssl, \(atRoots) times against the \
        roots, \(byGnuTLS) times by GnuTLS; \(excepted) excepted for a wiped key
        """
    }
}
