/* SPDX-License-Identifier: MIT */
/* Which other file does the kernel run, whatever bytes the file holds? */
#include "tables.h"

#include <elf.h>
#include <limits.h>

#include "interp.h"

#define LOADER "/lib/ld.so"

/* On memory that ends where the file ends, so that ASan sees a read behind. */
static char *
find(const void *bytes, size_t size)
{
	char *copy = malloc(size ? size : 1), *found;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	found = interp_find(copy, size);
	free(copy);
	return found;
}

static void
check(const char *what, const void *bytes, size_t size, const char *want)
{
	const char *found = find(bytes, size);

	if (!found != !want || (found && strcmp(found, want)))
		fail_msg("%s: %s, not %s", what, found ? found : "none",
			want ? want : "none");
}

static void
scripts(void **state)
{
#define TEXT(text) text, sizeof(text) - 1
	static const struct {
		const char *text;
		size_t size;
		const char *path;
	} t[] = {
		{ TEXT("#!/bin/sh\n"), "/bin/sh" },
		{ TEXT("#!/bin/sh"), "/bin/sh" },
		{ TEXT("#!/bin/sh\nexec /bin/ls\n"), "/bin/sh" },
		{ TEXT("#! /bin/sh\n"), "/bin/sh" },
		{ TEXT("#! \t  /bin/sh\n"), "/bin/sh" },
		{ TEXT("#!\t/bin/sh\n"), "/bin/sh" },
		{ TEXT("#!/bin/sh -e\n"), "/bin/sh" },
		{ TEXT("#!/bin/sh\t-e\n"), "/bin/sh" },
		{ TEXT("#!/usr/bin/env python3\n"), "/usr/bin/env" },
		{ TEXT("#!/bin/sh \n"), "/bin/sh" },
		{ TEXT("#!/bin/sh\r\n"), "/bin/sh\r" },
		{ TEXT("#!/bin/sh\0/bin/ls\n"), "/bin/sh" },
		{ TEXT("#!sh\n"), "sh" },
		{ TEXT("#!/\n"), "/" },
		{ TEXT("#!x"), "x" },
		{ TEXT("#!\xff\xfe\n"), "\xff\xfe" },
		{ TEXT(""), NULL },
		{ TEXT("#"), NULL },
		{ TEXT("#!"), NULL },
		{ TEXT("#!\n"), NULL },
		{ TEXT("#! \n"), NULL },
		{ TEXT("#! "), NULL },
		{ TEXT("#!\n/bin/sh\n"), NULL },
		{ TEXT("#! \t\n/bin/sh\n"), NULL },
		{ TEXT("#!\0/bin/sh\n"), NULL },
		{ TEXT("# !/bin/sh\n"), NULL },
		{ TEXT(" #!/bin/sh\n"), NULL },
		{ TEXT("\n#!/bin/sh\n"), NULL },
		{ TEXT("\xef\xbb\xbf#!/bin/sh\n"), NULL },
		{ TEXT("!#/bin/sh\n"), NULL },
		{ TEXT("##/bin/sh\n"), NULL },
		{ TEXT("/bin/sh\n"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		check(xasprintf("row %zu", i), t[i].text, t[i].size, t[i].path);
#undef TEXT
}

/* Where the first line ends, to the byte: the kernel reads 256. */
static void
long_scripts(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 253; n++) {
		char *path = xcalloc(n + 1, 1), *text;

		memset(path, 'x', n);
		path[0] = '/';
		text = xasprintf("#!%s\n", path);
		check("a path", text, strlen(text), path);
		check("at the end", text, strlen(text) - 1, path);
		text = xasprintf("#!%s -e\nmore\n", path);
		check("with an argument", text, strlen(text), path);
	}
	/* One that has no end where the kernel looks is not taken: ENOEXEC. */
	check("to the end", xasprintf("#!/%.252d\n", 0), 256,
		xasprintf("/%.252d", 0));
	check("too long", xasprintf("#!/%.253d\n", 0), 257, NULL);
	check("much too long", xasprintf("#!/%.400d\n", 0), 404, NULL);
	/* Blanks only, as far as the kernel looks. */
	check("blanks", xasprintf("#!%300s/bin/sh\n", ""), 310, NULL);
	check("fewer blanks", xasprintf("#!%200s/bin/sh\n", ""), 210,
		"/bin/sh");
}

/* A file of one program header and the path behind it. */
struct elf {
	char bytes[8192];
	size_t size;
};

struct shape {
	const char *what;
	uint64_t phoff; /* 0: where it is */
	unsigned phentsize, phnum;
	uint32_t type;
	uint64_t offset, filesz; /* 0: where it is */
	const char *path;
	size_t pathsz;
	size_t cut; /* bytes at the end */
	bool found;
};

static void
put_head(struct elf *elf, bool is64, const struct shape *s)
{
	Elf64_Ehdr h64 = {
		.e_type = ET_DYN,
		.e_phoff = s->phoff ? s->phoff : sizeof(h64),
		.e_phentsize = (Elf64_Half)(s->phentsize ? s->phentsize
							 : sizeof(Elf64_Phdr)),
		.e_phnum = (Elf64_Half)s->phnum,
	};
	Elf32_Ehdr h32 = {
		.e_type = ET_DYN,
		.e_phoff = (Elf32_Off)(s->phoff ? s->phoff : sizeof(h32)),
		.e_phentsize = (Elf32_Half)(s->phentsize ? s->phentsize
							 : sizeof(Elf32_Phdr)),
		.e_phnum = (Elf32_Half)s->phnum,
	};
	unsigned char *ident = is64 ? h64.e_ident : h32.e_ident;

	memcpy(ident, ELFMAG, SELFMAG);
	ident[EI_CLASS] = is64 ? ELFCLASS64 : ELFCLASS32;
	ident[EI_DATA] = ELFDATA2LSB;
	if (is64)
		memcpy(elf->bytes, &h64, sizeof(h64));
	else
		memcpy(elf->bytes, &h32, sizeof(h32));
	elf->size = is64 ? sizeof(h64) : sizeof(h32);
}

/* A header before the one that counts, if there are two. */
static void
put_program(struct elf *elf, bool is64, uint32_t type, uint64_t offset,
	uint64_t filesz)
{
	Elf64_Phdr p64 = {
		.p_type = type,
		.p_offset = offset,
		.p_filesz = filesz,
	};
	Elf32_Phdr p32 = {
		.p_type = type,
		.p_offset = (Elf32_Off)offset,
		.p_filesz = (Elf32_Word)filesz,
	};

	if (is64)
		memcpy(elf->bytes + elf->size, &p64, sizeof(p64));
	else
		memcpy(elf->bytes + elf->size, &p32, sizeof(p32));
	elf->size += is64 ? sizeof(p64) : sizeof(p32);
}

static struct elf
elf_of(bool is64, const struct shape *s)
{
	struct elf elf = { .size = 0 };
	size_t head = is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t phdr = is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	put_head(&elf, is64, s);
	put_program(&elf, is64, s->type, s->offset ? s->offset : head + phdr,
		s->filesz ? s->filesz : s->pathsz);
	memcpy(elf.bytes + elf.size, s->path, s->pathsz);
	elf.size += s->pathsz;
	assert_true(s->cut <= elf.size);
	elf.size -= s->cut;
	return elf;
}

static void
elf_shapes(void **state)
{
#define PATH LOADER, sizeof(LOADER)
	static const struct shape t[] = {
		{ "right", 0, 0, 1, PT_INTERP, 0, 0, PATH, 0, true },
		{ "a short path", 0, 0, 1, PT_INTERP, 0, 0, "/", 2, 0, true },
		{ "more NULs", 0, 0, 1, PT_INTERP, 0, 0, "/l\0\0x\0", 6, 0,
			true },
		/* The table. */
		{ "no header", 0, 0, 0, PT_INTERP, 0, 0, PATH, 0, false },
		{ "two, but one is there", 0, 0, 65535, PT_LOAD, 0, 0, PATH, 0,
			false },
		{ "first of as many as fit", 0, 0, 65536 / 56, PT_INTERP, 0, 0,
			PATH, 0, true },
		{ "first of too many", 0, 0, 65535, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "an empty path", 0, 0, 1, PT_INTERP, 0, 0, "\0", 2, 0,
			false },
		{ "entries too small", 0, 1, 1, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "entries of the other class + 1", 0, 33, 1, PT_INTERP, 0, 0,
			PATH, 0, false },
		{ "entries too big", 0, 57, 1, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "entries huge", 0, 65535, 1, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "table behind the end", 5000, 0, 1, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "table near 2^31", 0x7fffffff, 0, 1, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "table near 2^32", 0xffffffe0, 0, 1, PT_INTERP, 0, 0, PATH, 0,
			false },
		{ "table at 2^32 - 1", 0xffffffff, 0, 65535, PT_INTERP, 0, 0,
			PATH, 0, false },
		/* What the header says. */
		{ "another type", 0, 0, 1, PT_LOAD, 0, 0, PATH, 0, false },
		{ "dynamic", 0, 0, 1, PT_DYNAMIC, 0, 0, PATH, 0, false },
		{ "null", 0, 0, 1, PT_NULL, 0, 0, PATH, 0, false },
		{ "a type of the system", 0, 0, 1, PT_GNU_STACK, 0, 0, PATH, 0,
			false },
		{ "path behind the end", 0, 0, 1, PT_INTERP, 5000, 0, PATH, 0,
			false },
		{ "path near 2^32", 0, 0, 1, PT_INTERP, 0xfffffff0, 0x20, PATH,
			0, false },
		{ "path longer than the file", 0, 0, 1, PT_INTERP, 0, 5000,
			PATH, 0, false },
		{ "one byte longer than the file", 0, 0, 1, PT_INTERP, 0,
			sizeof(LOADER) + 1, PATH, 0, false },
		{ "path of 2^32 - 1", 0, 0, 1, PT_INTERP, 0, 0xffffffff, PATH,
			0, false },
		{ "path of one byte", 0, 0, 1, PT_INTERP, 0, 1, "\0", 1, 0,
			false },
		{ "no NUL", 0, 0, 1, PT_INTERP, 0, 0, LOADER,
			sizeof(LOADER) - 1, 0, false },
		{ "NUL behind what is said", 0, 0, 1, PT_INTERP, 0,
			sizeof(LOADER) - 1, PATH, 0, false },
		{ "NUL not last", 0, 0, 1, PT_INTERP, 0, 0, "/l\0x", 4, 0,
			false },
		/* The file. */
		{ "path cut", 0, 0, 1, PT_INTERP, 0, sizeof(LOADER), PATH, 1,
			false },
		{ "path gone", 0, 0, 1, PT_INTERP, 0, sizeof(LOADER), PATH,
			sizeof(LOADER), false },
		{ "header cut", 0, 0, 1, PT_INTERP, 0, sizeof(LOADER), PATH,
			sizeof(LOADER) + 1, false },
	};

	(void)state;
	for (int is64 = 0; is64 < 2; is64++)
		for (size_t i = 0; i < COUNT(t); i++) {
			struct elf elf = elf_of(is64, &t[i]);

			check(xasprintf("elf%s: %s", is64 ? "64" : "32",
				      t[i].what),
				elf.bytes, elf.size,
				t[i].found ? xstrdup(t[i].path) : NULL);
		}
#undef PATH
}

static const struct shape right = { "right", 0, 0, 1, PT_INTERP, 0, 0, LOADER,
	sizeof(LOADER), 0, true };

/* Where a sum of 64 bits would begin again at 0. */
static void
elf64_overflow(void **state)
{
	static const uint64_t ends[] = { 1, 2, 8, 11, 55, 56, 57, 64, 112, 120,
		131, 4096 };

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct shape s = right;
		struct elf elf;

		/* The table: 2 and more entries, of which the second would be
		 * where the first is. */
		s.phoff = -ends[i];
		s.phnum = 65535;
		elf = elf_of(true, &s);
		check("table", elf.bytes, elf.size, NULL);
		s = right;
		s.offset = -ends[i];
		elf = elf_of(true, &s);
		check("path", elf.bytes, elf.size, NULL);
		s.filesz = ends[i] + sizeof(LOADER); /* to the right end */
		elf = elf_of(true, &s);
		check("path and length", elf.bytes, elf.size, NULL);
		s.offset = 0;
		s.filesz = -ends[i];
		elf = elf_of(true, &s);
		check("length", elf.bytes, elf.size, NULL);
	}
}

/* The first PT_INTERP counts; what is before it does not. */
static void
elf_several(void **state)
{
	(void)state;
	for (int is64 = 0; is64 < 2; is64++) {
		struct shape s = { .phnum = 4 };
		struct elf elf = { .size = 0 };
		uint64_t at = is64 ? 64 + 4 * 56 : 52 + 4 * 32;

		put_head(&elf, is64, &s);
		put_program(&elf, is64, PT_PHDR, 0, 77);
		put_program(&elf, is64, PT_LOAD, 0xffffffff, 0xffffffff);
		put_program(&elf, is64, PT_INTERP, at, 5);
		put_program(&elf, is64, PT_INTERP, at + 5, 5);
		memcpy(elf.bytes + at, "/one\0/two", 10);
		elf.size = at + 10;
		check("the first", elf.bytes, elf.size, "/one");
		/* One that is wrong is not made good by another. */
		elf.bytes[at + 4] = 'x';
		check("wrong", elf.bytes, elf.size, NULL);
	}
}

/* PATH_MAX, with the NUL, is what the kernel takes. */
static void
elf_path_max(void **state)
{
	(void)state;
	for (int is64 = 0; is64 < 2; is64++)
		for (size_t n = PATH_MAX - 1; n <= PATH_MAX + 1; n++) {
			struct shape s = right;
			char *path = xcalloc(n, 1);
			struct elf elf;

			memset(path, 'x', n - 1);
			s.path = path;
			s.pathsz = n;
			elf = elf_of(is64, &s);
			check(xasprintf("%zu", n), elf.bytes, elf.size,
				n <= PATH_MAX ? path : NULL);
		}
}

static void
elf_head(void **state)
{
	(void)state;
	for (int is64 = 0; is64 < 2; is64++) {
		struct elf elf = elf_of(is64, &right), bad;

		/* Every length but the right one. */
		for (size_t n = 0; n < elf.size; n++)
			check(xasprintf("%zu bytes", n), elf.bytes, n, NULL);
		/* Every other class, and every byte of the magic. */
		for (int class = 0; class < 256; class ++) {
			bad = elf;
			bad.bytes[EI_CLASS] = (char)class;
			if (class != ELFCLASS32 && class != ELFCLASS64)
				check("class", bad.bytes, bad.size, NULL);
		}
		for (int i = 0; i < SELFMAG; i++) {
			bad = elf;
			bad.bytes[i]++;
			check("magic", bad.bytes, bad.size, NULL);
		}
		/* The other class: read as what it says it is. */
		bad = elf;
		bad.bytes[EI_CLASS] = is64 ? ELFCLASS32 : ELFCLASS64;
		check("other class", bad.bytes, bad.size, NULL);
	}
}

static uint32_t
next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

/* Whatever is found is in the file, with its end. */
static void
any_bytes(void **state)
{
	enum { ROUNDS = 40000 };
	static const unsigned char ends[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };
	size_t found = 0;
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct elf elf = elf_of(round % 2, &right);
		const char *path;

		for (uint32_t times = next(&seed) % 4 + 1; times; times--) {
			size_t at = next(&seed) % elf.size;

			elf.bytes[at] =
				(char)(next(&seed) % 2 ? ends[next(&seed) %
								 sizeof(ends)]
						       : next(&seed));
		}
		path = find(elf.bytes, elf.size - next(&seed) % 2);
		if (!path)
			continue;
		found++;
		assert_non_null(
			memmem(elf.bytes, elf.size, path, strlen(path)));
	}
	assert_in_range(found, ROUNDS / 20, ROUNDS - ROUNDS / 20);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(long_scripts),
		cmocka_unit_test(elf_shapes),
		cmocka_unit_test(elf64_overflow),
		cmocka_unit_test(elf_several),
		cmocka_unit_test(elf_path_max),
		cmocka_unit_test(elf_head),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests_name("interp", tests, NULL, NULL);
}
