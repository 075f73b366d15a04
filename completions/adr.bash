# Completion of adr for bash 4.4 or later. It asks the program itself: adr __complete prints what may stand at the
# cursor, from its own table of commands and from the store, which it only reads.

# Splits a line as the shell would, but runs nothing: of all expansions only $NAME and ${NAME} are made. Sets `words`,
# the words that have ended; `word`, the last one, without quotes; `raw`, the last one as typed; `quote`, the quote
# that is open at the end; `redirected`, whether the last word is the file of a redirection.
__adr_split() {
    local line=$1 char name
    local -i i n=${#1}
    local begun=''
    words=() word='' raw='' quote='' redirected=''
    for ((i = 0; i < n; i++)); do
        char=${line:i:1}
        if [[ -z $quote && $char == [[:blank:]] ]]; then
            if [[ $begun ]]; then
                [[ $redirected ]] || words+=("$word")
                redirected=''
            fi
            word='' raw='' begun=''
            continue
        fi
        if [[ -z $quote && $char == [\<\>] ]]; then
            # `2>` is one operator; anything else before it is a word of its own.
            [[ $begun && ! $word =~ ^[0-9]+$ && -z $redirected ]] && words+=("$word")
            while [[ ${line:i+1:1} == [\<\>\|] ]]; do i+=1; done
            word='' raw='' begun='' redirected=1
            continue
        fi
        begun=1
        raw+=$char
        case $quote$char in
        "''" | '""') quote='' ;;
        \' | \") quote=$char ;;
        \'*) word+=$char ;;
        '"\' | '\')
            char=${line:i+1:1}
            [[ -n $quote && $char != [\"\$\`\\] ]] && word+='\'
            word+=$char raw+=$char
            i+=1
            ;;
        '"$' | '$')
            if [[ ${line:i} =~ ^\$(\{([A-Za-z_][A-Za-z_0-9]*)\}|([A-Za-z_][A-Za-z_0-9]*)) ]]; then
                name=${BASH_REMATCH[2]}${BASH_REMATCH[3]}
                word+=${!name-}
                raw+=${BASH_REMATCH[1]}
                i+=${#BASH_REMATCH[1]}
            else
                word+=$char
            fi
            ;;
        *) word+=$char ;;
        esac
    done
}

_adr() {
    local word raw quote redirected program
    local -a words lines
    local -i lead
    local current=$2
    # The part of the word that stays as it is typed: readline completes what follows the last of COMP_WORDBREAKS.
    __adr_split "${COMP_LINE:0:COMP_POINT}"
    local typed=$word open=$quote target=$redirected before=$raw
    local -a line=("${words[@]}")
    __adr_split "${before%"$current"}"
    lead=${#word}

    COMPREPLY=()
    if [[ $target ]]; then
        compopt -o default
        return
    fi
    program=${line[0]-adr}
    program=${program/#~\//$HOME/}
    type -P -- "$program" >/dev/null || program=adr
    mapfile -t lines < <("$program" __complete "${line[@]:1}" "$typed" 2>/dev/null </dev/null)
    ((${#lines[@]})) || return
    local directive=${lines[-1]} candidate
    unset 'lines[-1]'
    for candidate in "${lines[@]}"; do
        candidate=${candidate%%$'\t'*}
        candidate=${candidate:lead}
        if [[ -z $open && $candidate == *[!A-Za-z0-9_.,/:=@%+-]* ]]; then printf -v candidate %q "$candidate"; fi
        COMPREPLY+=("$candidate")
    done
    [[ $directive == ':files '* ]] || return
    local prefix=${directive#:files }
    if ((${#COMPREPLY[@]} == 0 && ${#prefix} == lead)); then
        # readline does it best.
        compopt -o default
        return
    fi
    compopt -o filenames
    while IFS= read -r candidate; do
        candidate=$prefix$candidate
        COMPREPLY+=("${candidate:lead}")
    done < <(compgen -f -- "${typed:${#prefix}}")
}

complete -o nosort -F _adr adr
