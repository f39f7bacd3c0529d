// What glibc shows under _GNU_SOURCE only, and Swift's Glibc module therefore not at all.
#pragma once
#include <linux/fs.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
int pipe2(int ends[2], int flags);
int renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);

/* Lets the file system lay the directory's subdirectories apart, where it knows how: chattr +T. */
static inline int linux_spread_subdirectories(int directory) {
  int flags = 0;
  if (ioctl(directory, FS_IOC_GETFLAGS, &flags) != 0) return -1;
  flags |= FS_TOPDIR_FL;
  return ioctl(directory, FS_IOC_SETFLAGS, &flags);
}

enum { LINUX_RENAME_NOREPLACE = 1, LINUX_POLLRDHUP = 0x2000, LINUX_POSIX_SPAWN_SETSID = 0x80 };
