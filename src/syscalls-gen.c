/* SPDX-License-Identifier: MIT */
/*
 * Which instructions make up the system call filters?
 *
 * Runs on the build machine, as whoever builds, never in minibox: it prints
 * syscalls-data.h, which syscalls.c embeds.  So libseccomp writes the programs
 * (which needs care: order of the halves of an argument, x32, jump distances)
 * and is neither linked nor called at run time.
 *
 * The filters list what is refused; the rest is allowed, because the box must
 * run what people have (gdb, strace, compilers) and because the privileges
 * are gone by then anyway.  What is refused falls in five groups:
 *  - what no namespace holds back: keyrings are per uid, vsock reaches the
 *    hypervisor, TIOCSTI reaches the shell that started minibox;
 *  - what would be a second way to something refused: io_uring runs calls
 *    that no filter sees, clone3 has its flags in memory;
 *  - what makes namespaces and mounts, though the kernel refuses user
 *    namespaces in a box already (see root): two locks on this door;
 *  - kernel interfaces with a history that a box has no use for;
 *  - what would change how process 1 of the box runs, which ends the box in
 *    time and has the uid of the command, or processes outside, in the process
 *    group that a box shares with them.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum condition {
	ALWAYS,
	HAS_FLAG,
	LOW32_IS,
	IS,
	ABOVE,
};

/* Refuses the call with `error`, if its argument `arg` is so. */
struct rule {
	const char *call;
	uint32_t error;
	enum condition when;
	unsigned int arg;
	uint32_t value;
};

/* clone(2), "C library/kernel differences". */
#if defined(__s390__)
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

enum { CALL_SOCKET = 1 }; /* SYS_SOCKET of linux/net.h */
enum { IOPRIO_WHO_PGRP = 2, IOPRIO_WHO_USER = 3 }; /* ioprio_set(2) */

static const struct rule terminal[] = {
	{ "ioctl", EPERM, LOW32_IS, 1, TIOCSTI },
	{ "ioctl", EPERM, LOW32_IS, 1, TIOCLINUX },
	/* a line discipline would stay on the caller's terminal */
	{ "ioctl", EPERM, LOW32_IS, 1, TIOCSETD },
};

static const struct rule keyrings[] = {
	{ "keyctl", EPERM, ALWAYS, 0, 0 },
	{ "add_key", EPERM, ALWAYS, 0, 0 },
	{ "request_key", EPERM, ALWAYS, 0, 0 },
};

/* The pid is argument 0; of two of them 1, behind the kind of thing that it
 * names: a process, a process group, a user. */
static const struct rule init_process[] = {
	{ "sched_setscheduler", EPERM, LOW32_IS, 0, 1 },
	{ "sched_setparam", EPERM, LOW32_IS, 0, 1 },
	{ "sched_setattr", EPERM, LOW32_IS, 0, 1 },
	{ "sched_setaffinity", EPERM, LOW32_IS, 0, 1 },
	{ "prlimit64", EPERM, LOW32_IS, 0, 1 },
	{ "setpriority", EPERM, LOW32_IS, 1, 1 },
	{ "setpriority", EPERM, LOW32_IS, 0, PRIO_PGRP },
	{ "setpriority", EPERM, LOW32_IS, 0, PRIO_USER },
	{ "ioprio_set", EPERM, LOW32_IS, 1, 1 },
	{ "ioprio_set", EPERM, LOW32_IS, 0, IOPRIO_WHO_PGRP },
	{ "ioprio_set", EPERM, LOW32_IS, 0, IOPRIO_WHO_USER },
};

/* IORING_OP_SOCKET makes sockets behind the back of every rule below. */
static const struct rule io_uring[] = {
	{ "io_uring_setup", EPERM, ALWAYS, 0, 0 },
	{ "io_uring_enter", EPERM, ALWAYS, 0, 0 },
	{ "io_uring_register", EPERM, ALWAYS, 0, 0 },
};

static const struct rule kernel_interfaces[] = {
	{ "userfaultfd", EPERM, ALWAYS, 0, 0 },
	{ "bpf", EPERM, ALWAYS, 0, 0 },
	{ "perf_event_open", EPERM, ALWAYS, 0, 0 },
	{ "open_by_handle_at", EPERM, ALWAYS, 0, 0 },
};

/* A file that no mount holds is not noexec. */
static const struct rule memory_files[] = {
	{ "memfd_create", EPERM, ALWAYS, 0, 0 },
};

/* CLONE_NEWTIME lies in the bits that clone takes as the signal; only unshare
 * and clone3 know it. */
static const struct rule namespaces[] = {
	{ "setns", EPERM, ALWAYS, 0, 0 },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWNS },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWCGROUP },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWUTS },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWIPC },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWUSER },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWPID },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWNET },
	{ "unshare", EPERM, HAS_FLAG, 0, CLONE_NEWTIME },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWNS },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWCGROUP },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWUTS },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWIPC },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWUSER },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWPID },
	{ "clone", EPERM, HAS_FLAG, CLONE_FLAGS, CLONE_NEWNET },
	/* Not EPERM: on ENOSYS every libc falls back to clone. */
	{ "clone3", ENOSYS, ALWAYS, 0, 0 },
};

static const struct rule mounts[] = {
	{ "mount", EPERM, ALWAYS, 0, 0 },
	{ "umount", EPERM, ALWAYS, 0, 0 },
	{ "umount2", EPERM, ALWAYS, 0, 0 },
	{ "pivot_root", EPERM, ALWAYS, 0, 0 },
	{ "open_tree", EPERM, ALWAYS, 0, 0 },
	{ "move_mount", EPERM, ALWAYS, 0, 0 },
	{ "fsopen", EPERM, ALWAYS, 0, 0 },
	{ "fsconfig", EPERM, ALWAYS, 0, 0 },
	{ "fsmount", EPERM, ALWAYS, 0, 0 },
	{ "fspick", EPERM, ALWAYS, 0, 0 },
	{ "mount_setattr", EPERM, ALWAYS, 0, 0 },
	{ "open_tree_attr", EPERM, ALWAYS, 0, 0 },
};

/* The multiplexer has the domain in memory, where no filter can look, so no
 * socket is made through it at all.  The direct calls exist since Linux 4.3;
 * an i386 glibc that supports older kernels (Debian 12) does not use them, and
 * gets no sockets. */
static const struct rule multiplexer[] = {
	{ "socketcall", EAFNOSUPPORT, LOW32_IS, 0, CALL_SOCKET },
};

static const struct rule vsock[] = {
	{ "socket", EAFNOSUPPORT, LOW32_IS, 0, AF_VSOCK },
};

/* Calls that some libseccomp 2.5 does not know by name yet.  From 424 on the
 * numbers are the same on every machine of the table below. */
static const struct {
	const char *call;
	int nr;
} numbers[] = {
	{ "mount_setattr", 442 },
	{ "open_tree_attr", 467 },
};

/* Calls that libseccomp may give a negative number: those that some ABIs do
 * not have, and those that a multiplexer has too, where it refuses the call by
 * either way.  A negative number for any other would lose a rule without a
 * word. */
static const char *const pseudo[] = {
	"umount",
	"socketcall",
	"socket",
	"socketpair",
};

/* The domains that the default filter leaves, in rising order. */
static const uint32_t domains[] = {
	AF_UNIX,
	AF_INET,
	AF_INET6,
	AF_NETLINK,
};

/* Both make a socket of the domain, and load its module, before anything else
 * is looked at; TIPC has a socketpair of its own. */
static const char *const domain_calls[] = {
	"socket",
	"socketpair",
};

/* The ABIs of a machine.  A call by any other ABI kills the process; so does
 * x32, which shares its AUDIT_ARCH with x86_64, has other call numbers and is
 * told apart by libseccomp.  The condition is what the compiler of the target
 * must define. */
static const struct machine {
	uint32_t native;
	uint32_t compat;
	const char *condition;
} machines[] = {
	{ SCMP_ARCH_X86_64, SCMP_ARCH_X86,
		"defined(__x86_64__) && defined(__LP64__)" },
	{ SCMP_ARCH_X86, 0, "defined(__i386__)" },
	{ SCMP_ARCH_AARCH64, SCMP_ARCH_ARM,
		"defined(__aarch64__) && defined(__LP64__)" },
	{ SCMP_ARCH_ARM, 0, "defined(__arm__)" },
	{ SCMP_ARCH_PPC64, SCMP_ARCH_PPC,
		"defined(__powerpc64__) && defined(__BIG_ENDIAN__)" },
	{ SCMP_ARCH_PPC64LE, 0,
		"defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)" },
	{ SCMP_ARCH_S390X, SCMP_ARCH_S390, "defined(__s390x__)" },
	{ SCMP_ARCH_RISCV64, 0, "defined(__riscv) && defined(__LP64__)" },
};

struct set {
	const struct rule *rules;
	size_t n;
};

#define SET(table) .rules = table, .n = COUNT(table)

static const struct set sets_default[] = {
	{ SET(terminal) },
	{ SET(keyrings) },
	{ SET(init_process) },
	{ SET(io_uring) },
	{ SET(kernel_interfaces) },
	{ SET(namespaces) },
	{ SET(mounts) },
	{ SET(multiplexer) },
};

static const struct set sets_minimum[] = {
	{ SET(terminal) },
	{ SET(keyrings) },
	{ SET(init_process) },
	{ SET(io_uring) },
	{ SET(multiplexer) },
	{ SET(vsock) },
};

static const struct set sets_minimum_host[] = {
	{ SET(terminal) },
	{ SET(keyrings) },
	{ SET(init_process) },
};

static const struct set sets_no_memfd[] = {
	{ SET(memory_files) },
};

static const struct filter {
	const char *name;
	const struct set *sets;
	size_t n;
	bool compat; /* the other ABI is filtered, too; if not, it is refused */
	bool by_domain;
} filters[] = {
	{ "default", sets_default, COUNT(sets_default), false, true },
	{ "minimum", sets_minimum, COUNT(sets_minimum), true, false },
	{ "minimum_host", sets_minimum_host, COUNT(sets_minimum_host), true,
		false },
	{ "no_memfd", sets_no_memfd, COUNT(sets_no_memfd), true, false },
};

__attribute__((noreturn, format(printf, 1, 2))) static void
fail(const char *fmt, ...)
{
	va_list ap;

	fputs("syscalls-gen: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* libseccomp returns -errno. */
static void
check(int result, const char *what)
{
	if (result < 0)
		fail("%s: %s", what, strerror(-result));
}

static const struct machine *
this_machine(void)
{
	for (size_t i = 0; i < COUNT(machines); i++)
		if (machines[i].native == seccomp_arch_native())
			return &machines[i];
	fail("this architecture is not in the table of machines");
}

static bool
is_pseudo(const char *call)
{
	for (size_t i = 0; i < COUNT(pseudo); i++)
		if (strcmp(pseudo[i], call) == 0)
			return true;
	return false;
}

static int
number(uint32_t abi, const char *call)
{
	int nr = seccomp_syscall_resolve_name_arch(abi, call);

	if (nr >= 0 || (nr != __NR_SCMP_ERROR && is_pseudo(call)))
		return nr;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (strcmp(numbers[i].call, call) == 0)
			return numbers[i].nr;
	fail("libseccomp does not know the call %s", call);
}

/* The kernel reads an int or unsigned int from the low half of the register
 * and ignores the other half; so must a comparison that refuses a value
 * (CVE-2019-7303, CVE-2019-10063). */
static struct scmp_arg_cmp
comparison(const struct rule *rule)
{
	struct scmp_arg_cmp cmp = { .arg = rule->arg };

	switch (rule->when) {
	case ALWAYS:
		break;
	case HAS_FLAG:
		cmp.op = SCMP_CMP_MASKED_EQ;
		cmp.datum_a = rule->value;
		cmp.datum_b = rule->value;
		break;
	case LOW32_IS:
		cmp.op = SCMP_CMP_MASKED_EQ;
		cmp.datum_a = UINT32_MAX;
		cmp.datum_b = rule->value;
		break;
	case IS:
		cmp.op = SCMP_CMP_EQ;
		cmp.datum_a = rule->value;
		break;
	case ABOVE:
		cmp.op = SCMP_CMP_GT;
		cmp.datum_a = rule->value;
		break;
	}
	return cmp;
}

/* For every ABI of the filter: libseccomp translates the native number. */
static void
add_rule(scmp_filter_ctx ctx, uint32_t compat, const struct rule *rule)
{
	struct scmp_arg_cmp cmp = comparison(rule);
	int nr = number(SCMP_ARCH_NATIVE, rule->call);

	if (compat)
		(void)number(compat, rule->call); /* it must have one */
	check(seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(rule->error), nr,
		      rule->when != ALWAYS, &cmp),
		rule->call);
}

/* Refuses every domain but those of the table.  The comparisons take all 64
 * bits: whatever is set in the upper half is above, hence refused. */
static void
add_domains(scmp_filter_ctx ctx, uint32_t compat, const char *call)
{
	struct rule rule = { call, EAFNOSUPPORT, IS, 0, 0 };

	for (size_t i = 0; i < COUNT(domains); i++, rule.value++)
		for (; rule.value < domains[i]; rule.value++)
			add_rule(ctx, compat, &rule);
	rule.when = ABOVE;
	rule.value = domains[COUNT(domains) - 1];
	add_rule(ctx, compat, &rule);
}

static scmp_filter_ctx
begin(uint32_t compat)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (!ctx)
		fail("seccomp_init failed");
	check(seccomp_attr_set(
		      ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
		"SCMP_FLTATR_ACT_BADARCH");
	/* A tree: installing is cheaper, because the kernel (5.11) walks the
	 * program once for every call number to learn which always pass. */
	check(seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2),
		"SCMP_FLTATR_CTL_OPTIMIZE");
	if (compat)
		check(seccomp_arch_add(ctx, compat), "seccomp_arch_add");
	return ctx;
}

static scmp_filter_ctx
build(const struct filter *filter, const struct machine *machine)
{
	uint32_t compat = filter->compat ? machine->compat : 0;
	scmp_filter_ctx ctx = begin(compat);

	for (size_t i = 0; i < filter->n; i++)
		for (size_t k = 0; k < filter->sets[i].n; k++)
			add_rule(ctx, compat, &filter->sets[i].rules[k]);
	for (size_t i = 0; filter->by_domain && i < COUNT(domain_calls); i++)
		add_domains(ctx, compat, domain_calls[i]);
	return ctx;
}

static void
print(const char *name, scmp_filter_ctx ctx)
{
	struct sock_filter code[BPF_MAXINSNS + 1];
	FILE *file = tmpfile();
	size_t n;

	if (!file)
		fail("tmpfile: %s", strerror(errno));
	check(seccomp_export_bpf(ctx, fileno(file)), "seccomp_export_bpf");
	rewind(file);
	n = fread(code, sizeof(code[0]), COUNT(code), file);
	if (n == 0 || n > BPF_MAXINSNS || ferror(file))
		fail("filter %s: not a program that the kernel takes", name);
	(void)fclose(file); /* only read */

	printf("\nenum { filter_%s_len = %zu };\n", name, n);
	printf("static const struct sock_filter filter_%s[] = {\n", name);
	for (size_t i = 0; i < n; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n",
			(unsigned int)code[i].code, (unsigned int)code[i].jt,
			(unsigned int)code[i].jf, (unsigned int)code[i].k);
	printf("};\n");
}

int
main(void)
{
	const struct machine *machine = this_machine();
	const struct scmp_version *version = seccomp_version();

	printf("/* Made by syscalls-gen with libseccomp %u.%u.%u. */\n",
		version->major, version->minor, version->micro);
	printf("#if !(%s)\n", machine->condition);
	printf("#error \"this filter was made for another machine\"\n");
	printf("#endif\n");
	for (size_t i = 0; i < COUNT(filters); i++) {
		scmp_filter_ctx ctx = build(&filters[i], machine);

		print(filters[i].name, ctx);
		seccomp_release(ctx);
	}
	if (fflush(stdout) || ferror(stdout))
		fail("stdout: %s", strerror(errno));
	return 0;
}
