# SPDX-License-Identifier: MIT
# fish completion of minibox(1).
#
# What `minibox -l` says is data: it is compared, never expanded.

# Prints where the cursor is: run (at an option or COMMAND), string or list (at
# an option, after -c or -l), check (after --check), last (nothing may follow),
# value (at that of an option) or arguments (after COMMAND); then the box of -b,
# which may be empty; then COMMAND and the arguments before the cursor.
function __minibox_read
    set -l words (commandline -opc)
    argparse --name=minibox --stop-nonopt b/box= B/bind=+ e/env=+ C/chdir= \
        c= hostname= network= memory= pids-limit= cpus= timeout= status-fd= \
        n/dry-run l/list json check h/help V/version -- $words[2..-1] \
        2>/dev/null
    or begin
        echo value
        return
    end
    set -l at run
    set -q argv[1]; and set at arguments
    set -q _flag_c; and set at string
    set -q _flag_list; and set at list
    set -q _flag_check; and set at check
    if set -q _flag_help; or set -q _flag_version
        set at last
    else if test $at != arguments; and set -q argv[1]
        set at last
    end
    echo $at
    set -q _flag_box; and echo $_flag_box; or echo
    set -q argv[1]; and printf '%s\n' $argv
end

function __minibox_at # PLACE...
    set -l state (__minibox_read)
    contains -- $state[1] $argv
end

set -g __minibox_header '^([A-Za-z0-9][A-Za-z0-9._-]*)( \(default\))?(?:: (.*))?$'

function __minibox_boxes
    command minibox -l 2>/dev/null </dev/null |
        string replace -rf -- $__minibox_header '$1\t$3$2'
end

# Prints what BOX allows; without it, what that box does which minibox would
# take.
function __minibox_allowed # BOX
    set -l lines (command minibox -l 2>/dev/null </dev/null)
    # Without a string, string would read standard input.
    set -q lines[1]; or return
    set -l boxes (string replace -rf -- $__minibox_header '$1$2' $lines)
    set -q boxes[1]; or return
    set -l box $argv[1]
    if test -z "$box"
        set box (string replace -f -- ' (default)' '' $boxes)
        or test (count $boxes) -ne 1
        or set box $boxes
    end
    set -l here
    for line in $lines
        if string match -rq -- $__minibox_header $line
            set here (string replace -r -- $__minibox_header '$1' $line)
        else if test -n "$here" -a "$here" = "$box"
            string replace -rf -- '^    (/.* \(exactly\)|[/*]\S*).*' '$1' $line
        end
    end
end

function __minibox_in_path # ITEM
    contains -- (string replace -r '/[^/]*$' '' -- $argv[1]) \
        /usr/local/bin /usr/bin /bin /usr/local/sbin /usr/sbin /sbin
end

# Does ITEM (*, /a/directory/ or /a/file) allow COMMAND?
function __minibox_allows # ITEM COMMAND
    set -l dir (string replace -r '[^/]*$' '' -- $argv[1])
    set -l name (string replace -r '^.*/' '' -- $argv[1])
    contains -- $argv[1] '*' $argv[2]; and return
    if string match -q -- '*/*' $argv[2]
        test -z "$name"
        and test $dir = (string replace -r '[^/]*$' '' -- $argv[2])
    else
        contains -- "$name" '' $argv[2]; and __minibox_in_path $argv[1]
    end
end

# Sets __minibox_found to what may stand at the cursor, a COMMAND or the next
# word of an exact command line; fails where that is any file.
function __minibox_find
    set -l state (__minibox_read)
    set -l token (string unescape -- (commandline -ct))
    set -g __minibox_found
    switch $state[1]
        case string list last
            return 0
        case run
            string match -q -- '-*' $token; and return
        case arguments
        case '*'
            return 1
    end

    set -l allowed (__minibox_allowed $state[2])
    if test $state[1] = run
        for item in $allowed
            set item (string replace -r ' .*' '' -- $item)
            switch $item
                case '\*'
                    # Such as ./a.out in a directory that -B shows.
                    string match -q -- '*/*' $token; and return 1
                case '*/'
                    set -a __minibox_found $item
                case '*'
                    set -a __minibox_found $item
                    __minibox_in_path $item
                    and set -a __minibox_found (string replace -r '^.*/' '' -- $item)
            end
        end
        return 0
    end

    set -l typed $state[3..-1]
    set -l files 0
    set -l only 1
    for item in $allowed
        set -l words (string split -- ' ' $item)
        __minibox_allows $words[1] $typed[1]; or continue
        if test "$words[-1]" != '(exactly)'
            set files 1
            continue
        end
        set only 0
        set -e words[1] words[-1]
        for word in $typed[2..-1]
            if not set -q words[1]; or test $words[1] != "$word"
                set words
                break
            end
            set -e words[1]
        end
        set -q words[1]
        and test "$token" = (string sub -l (string length -- "$token") -- $words[1])
        and set -a __minibox_found $words[1]
    end
    set -q __minibox_found[1]; and return
    test $files = 0 -a $only = 0
end

# It is one of the box, but many are the same in both.
function __minibox_directories
    set -l token (string replace -r -- '^(--chdir=|-[a-zA-Z]*C)' '' (commandline -ct))
    switch $token
        case ''
            echo /
        case '/*' '~*'
            __fish_complete_directories $token
    end
end

# How many colons are there in the value of -B at the cursor?
function __minibox_colons # NUMBER...
    contains -- (commandline -ct | string replace -ra '[^:]' '' | string length) $argv
end

function __minibox_modes
    set -l head (commandline -ct |
        string replace -r -- '^(--bind=|-[a-zA-Z]*B)' '' |
        string replace -r '[^:]*$' '')
    printf '%s\n' $head{ro,rw}
end

complete -c minibox -n __minibox_find -f -a '$__minibox_found' -d 'Allowed here'

complete -c minibox -n '__minibox_at run string list value' -s b -l box -x -a '(__minibox_boxes)' -d 'Use this box'
complete -c minibox -n '__minibox_at run string list value' -s l -l list -d 'List what you may run; twice: with the plan'
complete -c minibox -n '__minibox_at list' -l json -d 'List as JSON'

set -l run __minibox_at run string value
complete -c minibox -n "$run; and __minibox_colons 0" -s B -l bind -r -F -d 'Show a file or directory of the host in the box'
complete -c minibox -n "$run; and __minibox_colons 1" -s B -l bind -x
complete -c minibox -n "$run; and __minibox_colons 2" -s B -l bind -x -a '(__minibox_modes)'
complete -c minibox -n "$run" -s e -l env -x -a '(set --names --export)' -d 'Set a variable, or copy it'
complete -c minibox -n "$run" -s C -l chdir -x -a '(__minibox_directories)' -d 'Start in this directory of the box'
complete -c minibox -n "$run" -s c -x -d 'Let the shell of the box run a string'
complete -c minibox -n "$run" -l hostname -x -d 'Host name that the command sees'
complete -c minibox -n "$run" -l network -x -a none -d 'Run without a network'
complete -c minibox -n "$run" -l memory -x -d 'Limit the memory'
complete -c minibox -n "$run" -l pids-limit -x -d 'Limit the number of processes'
complete -c minibox -n "$run" -l cpus -x -d 'Limit the processors'
complete -c minibox -n "$run" -l timeout -x -d 'Limit the time'
complete -c minibox -n "$run" -l status-fd -x -d 'Write how it ended to this descriptor'
complete -c minibox -n "$run" -s n -l dry-run -d 'Explain and print the plan, run nothing'
complete -c minibox -n "$run" -l check -d 'Check a policy'
complete -c minibox -n "$run" -s h -l help -d 'Print a short help'
complete -c minibox -n "$run" -s V -l version -d 'Print the version'
