/* SPDX-License-Identifier: MIT */
/* Is this text a path that can be compared?  Pure; any process. */
#include "path.h"

#include <limits.h>
#include <string.h>

#include "xalloc.h"

static bool
component_is_clean(const char *s, size_t n)
{
	if (n == 0 || n > NAME_MAX)
		return false;
	return !(n == 1 && s[0] == '.') && !(n == 2 && !memcmp(s, "..", 2));
}

bool
path_is_clean(const char *path)
{
	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return false;
	if (path[1] == '\0')
		return true;
	while (*path) {
		size_t n = strcspn(path + 1, "/");

		if (!component_is_clean(path + 1, n))
			return false;
		path += 1 + n;
	}
	return true;
}

bool
path_is_clean_dir(const char *path)
{
	size_t n = strlen(path);
	char *dir;

	if (n < 2 || path[n - 1] != '/')
		return path_is_clean(path);
	if (n == 2) /* "//" */
		return false;
	dir = xstrndup(path, n - 1);
	return path_is_clean(dir);
}

bool
path_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n == 1)
		return true;
	return !strncmp(path, dir, n) && (path[n] == '/' || path[n] == '\0');
}

bool
path_directly_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n > 0 && dir[n - 1] == '/')
		n--;
	return !strncmp(path, dir, n) && path[n] == '/' && path[n + 1] &&
	       !strchr(path + n + 1, '/');
}

bool
path_is_kernels(const char *path)
{
	return path_beneath(path, "/proc") || path_beneath(path, "/sys") ||
	       path_beneath(path, "/dev");
}

char *
path_join(const char *dir, const char *name)
{
	return xasprintf("%s/%s", dir[1] ? dir : "", name);
}
