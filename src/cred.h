/* SPDX-License-Identifier: MIT */
/*
 * What may this process do?
 *
 * The only module that knows libcap-ng.  A return value of the library is no
 * evidence (Debian's 0.8.3 reports success for a bounding set that it did not
 * drop): what counts is read back from the kernel.
 */
#ifndef MINIBOX_CRED_H
#define MINIBOX_CRED_H

#include <sys/types.h>

/*
 * Cuts a setuid-root process down to the capabilities that building a box
 * takes, in the caller's process, before the policy is read: gid back to the
 * caller's, securebits 0, bounding, inheritable and ambient sets empty, fsuid
 * and fsgid 0.  Dies on failure.  capabilities(7), setfsuid(2).
 */
void cred_cut(void);

/*
 * From here to cred_as_root, paths are walked and files made with the rights of
 * the caller: his fsuid and fsgid, his groups, and none of the capabilities
 * that pass over permissions, which is read back.  init, before the drop.
 * Dies on failure.  setfsuid(2).
 */
void cred_as_caller(uid_t uid, gid_t gid);
void cred_as_root(void);

/*
 * For good: paths are walked as somebody whom no file belongs to (fsuid and
 * fsgid 65534), without groups and without any capability, read back.  The
 * other user ids stay root's, so that no process of uid 65534 can reach this
 * one.  A child of root's --check.  Dies on failure.
 */
void cred_as_nobody(void);

/*
 * Between these two, CAP_DAC_OVERRIDE and CAP_FOWNER are effective; at no other
 * time are they.  For the one call that makes an overlay: it keeps the
 * credentials of who makes it, and copies files up with them; and to make a
 * control group at the top, where root, too, may not write (mode 0555).  init
 * and the caller's process, as root, before the drop.  Dies on failure.
 */
void cred_lend(void);
void cred_take_back(void);

/*
 * Gives everything up for good, in this order (the bounding set is empty since
 * cred_cut, and a clone inherits that): ambient set, all group ids, securebits
 * locked, all user ids, dumpable, every capability set, no_new_privs; then
 * reads all of it back and tries to return to root.  The supplementary groups
 * stay: to drop them can grant access (CVE-2018-7169, CVE-2014-8989).  Called
 * by the monitor after the clone, by init once the box stands, and before -n,
 * -l, --check print.  Dies on failure.
 */
void cred_drop(uid_t uid, gid_t gid);

#endif
