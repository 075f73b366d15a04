import AdrCLI
import Glibc

// Everything was written by then, and every key wiped where it was used: libcrypto's tidying of what the kernel takes
// back anyway would be a twentieth of an issuance.
_exit(
    Program.run(Array(CommandLine.arguments.dropFirst()), .system(), name: CommandLine.arguments.first ?? "adr")
)
