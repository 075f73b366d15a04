# Completion of adr for fish. It asks the program itself: adr __complete prints what may stand at the cursor, from its
# own table of commands and from the store, which it only reads.

function __adr_complete
    # Words with variables expanded where fish can do that (4.0), else as typed; nothing is run.
    set -l words (commandline -xpc 2>/dev/null; or commandline -opc)
    set -l current (commandline -ct)
    switch "$current"
        case "'*" '"*'
            set current (string sub -s 2 -- $current)
        case '*'
            set current (string unescape -- $current; or string escape -n -- $current)
    end
    # `ADR_HOME=… adr …`
    set -l run
    while string match -qr '^[A-Za-z_][A-Za-z_0-9]*=' -- "$words[1]"
        set -a run $words[1]
        set -e words[1]
    end
    set -q run[1]; and set -p run env
    set -l program (string replace -r '^~(?=/)' $HOME -- "$words[1]")
    command -q -- "$program"; or set program adr
    set -e words[1]

    set -l lines ($run $program __complete $words "$current" 2>/dev/null </dev/null)
    set -q lines[1]; or return
    set -l directive $lines[-1]
    set -e lines[-1]
    string join -- \n $lines
    if string match -q ':files *' -- $directive
        set -l before (string replace ':files ' '' -- $directive)
        set -l path (string sub -s (math 1 + (string length -- "$before")) -- "$current")
        for match in (__fish_complete_path "$path")
            echo -- $before$match
        end
    end
end

complete -c adr -f -k -a '(__adr_complete)'
