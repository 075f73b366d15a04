import AdrCLI
import Glibc

// Writes the manual pages: every template in the first folder becomes a page of the same name in the second.
do {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw Complaint("usage: ManPages TEMPLATES FOLDER") }
    try Manual(templates: arguments[1]).write(to: arguments[2])
} catch {
    Host.system().note("ManPages: \(error)")
    exit(1)
}
