# SPDX-License-Identifier: MIT
# fish completion of minibox-rootfs(8).

# Are there COUNT words before the cursor, the second one of these subcommands?
function __minibox_rootfs_at # COUNT SUBCOMMAND...
    set -l words (commandline -opc)
    test (count $words) -eq $argv[1]
    and contains -- "$words[2]" $argv[2..-1]
end

function __minibox_rootfs_at_program
    set -l words (commandline -opc)
    test (count $words) -ge 3 -a "$words[2]" = host
end

# By name, or by path.
function __minibox_rootfs_programs
    set -l files /usr/sbin/* /usr/bin/* /sbin/* /bin/*
    string match -q -- '*/*' (commandline -ct)
    or string replace -r '^.*/' '' -- $files
end

# Only root can look there.
function __minibox_rootfs_names
    set -l names /var/lib/minibox/*/
    set -q names[1]; and string replace -rf '^.*/(.*)/$' '$1' -- $names
end

complete -c minibox-rootfs -n 'not __minibox_rootfs_at_program; and not __minibox_rootfs_at 3 import' -f
complete -c minibox-rootfs -n '__minibox_rootfs_at 2 check remove snippet' -a '(__minibox_rootfs_names)' -d 'Root file system'
complete -c minibox-rootfs -n __minibox_rootfs_at_program -a '(__minibox_rootfs_programs)' -d Program

set -l first 'test (count (commandline -opc)) -eq 1'
complete -c minibox-rootfs -n "$first" -s h -l help -d 'Print a summary'
complete -c minibox-rootfs -n "$first" -a busybox -d 'Make one from busybox'
complete -c minibox-rootfs -n "$first" -a host -d 'Make one from programs of this machine'
complete -c minibox-rootfs -n "$first" -a import -d 'Make one from an archive or an OCI image layout'
complete -c minibox-rootfs -n "$first" -a debian -d 'Make one from Debian packages'
complete -c minibox-rootfs -n "$first" -a view -d 'Make a frame that shows the /usr of this machine'
complete -c minibox-rootfs -n "$first" -a list -d 'List them, and the boxes that use them'
complete -c minibox-rootfs -n "$first" -a check -d 'Look for what minibox would refuse'
complete -c minibox-rootfs -n "$first" -a remove -d 'Remove one'
complete -c minibox-rootfs -n "$first" -a snippet -d 'Print a section for the policy'
