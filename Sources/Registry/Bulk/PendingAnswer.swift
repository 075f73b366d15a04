import Store

/// An entry on its way from being judged to being answered; shared, for it is large and goes through many hands.
final class PendingAnswer {
    let item: BulkItem
    private(set) var entry: BulkEntry?
    private(set) var request: IssueRequest?
    var judged: Judged<IssuedCertificate>?
    /// Why it could not be read.
    private(set) var problem: (any Error)?

    init(_ item: BulkItem, _ bulk: BulkIssuance, _ read: (BulkItem) throws -> BulkEntry) {
        // A file is named in the answer, a line by its number: the bytes have done their service.
        switch item.content {
        case .line: self.item = BulkItem(number: item.number, content: .line([]))
        case .file, .tooLong: self.item = item
        }
        do {
            let entry = try read(item)
            request = bulk.request(entry)
            self.entry = entry
        } catch {
            problem = error
        }
    }
}
