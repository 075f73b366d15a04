import AdrCLI
import Glibc

exit(
    Program.run(Array(CommandLine.arguments.dropFirst()), .system(), name: CommandLine.arguments.first ?? "adr")
)
