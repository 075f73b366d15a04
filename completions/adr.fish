# Completion of adr for fish. It asks the program itself: adr __complete prints what may stand at the cursor, from its
# own table of commands and from the store, which it only reads.

function __adr_complete
    # Words with variables expanded where fish can do that (4.0), else as typed; nothing is run.
    set -l words (commandline -xpc 2>/dev/null; or commandline -opc)
    set -l typed (commandline -ct)
    set -l current
    switch "$typed"
        case "'*" '"*'
            set current (string sub -s 2 -- $typed)
        case '*'
            set current (string unescape -- $typed; or echo -- $typed)
    end
    # `ADR_HOME=… adr …`: the variables count for the question, too.
    while string match -qr '^[A-Za-z_][A-Za-z_0-9]*=' -- "$words[1]"
        set -l pair (string split -m 1 = -- $words[1])
        set -fx $pair[1] "$pair[2]"
        set -e words[1]
    end
    set -l program (string replace -r '^~(?=/)' $HOME -- "$words[1]")
    command -q -- "$program"; or set program adr
    set -e words[1]

    set -l lines ($program __complete $words "$current" 2>/dev/null </dev/null)
    set -q lines[1]; or return
    set -l directive $lines[-1]
    set -e lines[-1]
    string join -- \n $lines
    # An unknown command takes files, and fish knows how to complete them, also behind `--out=`.
    string match -q ':files *' -- $directive; and complete -C "'' $typed"
    return 0
end

complete -c adr -f -k -a '(__adr_complete)'
