/* SPDX-License-Identifier: MIT */
/* Which other file does the kernel run to run this one?  Pure; runs in the
 * command process, on files of the box. */
#include "interp.h"

#include <elf.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "xalloc.h"

enum {
	SCRIPT_MAX = 256,  /* what the kernel reads of a #! line */
	TABLE_MAX = 65536, /* bytes of a program header table */
};

static char *
find_script(const char *text, size_t size)
{
	size_t max = size < SCRIPT_MAX ? size : SCRIPT_MAX, from = 2, n;

	while (from < max && (text[from] == ' ' || text[from] == '\t'))
		from++;
	for (n = from; n < max && !strchr(" \t\n", text[n]); n++)
		; /* strchr finds the NUL, too */
	if (n == SCRIPT_MAX || n == from)
		return NULL;
	return xstrndup(text + from, n - from);
}

/* The `n` bytes at `offset`, if the file has them. */
static bool
take(void *to, const char *file, size_t size, uint64_t offset, size_t n)
{
	if (offset > size || n > size - offset)
		return false;
	memcpy(to, file + offset, n);
	return true;
}

static char *
take_path(const char *file, size_t size, uint64_t offset, uint64_t n)
{
	if (n < 2 || n > PATH_MAX || offset > size || n > size - offset ||
		file[offset + n - 1] != '\0' || file[offset] == '\0')
		return NULL;
	return xstrdup(file + offset);
}

static char *
find_elf64(const char *file, size_t size)
{
	Elf64_Ehdr head;
	Elf64_Phdr p;

	if (!take(&head, file, size, 0, sizeof(head)) ||
		head.e_phentsize != sizeof(p) ||
		head.e_phnum > TABLE_MAX / sizeof(p))
		return NULL;
	for (size_t i = 0; i < head.e_phnum; i++) {
		if (!take(&p, file, size, head.e_phoff + i * sizeof(p),
			    sizeof(p)))
			return NULL;
		if (p.p_type == PT_INTERP)
			return take_path(file, size, p.p_offset, p.p_filesz);
	}
	return NULL;
}

static char *
find_elf32(const char *file, size_t size)
{
	Elf32_Ehdr head;
	Elf32_Phdr p;

	if (!take(&head, file, size, 0, sizeof(head)) ||
		head.e_phentsize != sizeof(p) ||
		head.e_phnum > TABLE_MAX / sizeof(p))
		return NULL;
	for (size_t i = 0; i < head.e_phnum; i++) {
		if (!take(&p, file, size,
			    (uint64_t)head.e_phoff + i * sizeof(p), sizeof(p)))
			return NULL;
		if (p.p_type == PT_INTERP)
			return take_path(file, size, p.p_offset, p.p_filesz);
	}
	return NULL;
}

char *
interp_find(const void *file, size_t size)
{
	const char *bytes = file;

	if (size > 2 && !memcmp(bytes, "#!", 2))
		return find_script(bytes, size);
	if (size <= EI_CLASS || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return NULL;
	if (bytes[EI_CLASS] == ELFCLASS64)
		return find_elf64(bytes, size);
	return bytes[EI_CLASS] == ELFCLASS32 ? find_elf32(bytes, size) : NULL;
}
