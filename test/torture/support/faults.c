/*
 * Makes system calls on the files of one folder fail, at random but the same for the same seed, and counts them.
 * Loaded with LD_PRELOAD. See shim.mjs for the environment variables.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum call { WRITE, OPEN, RENAME, UNLINK, FSYNC, FTRUNCATE };

static const char *under;
static size_t under_length;
static _Atomic uint64_t *counts; /* two a call: how many, and how many failed */
static _Atomic uint64_t state;
static _Atomic uint64_t calls;
static unsigned long seed, soft, hard, others, kill_at;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("FAULTS_COUNTS"), *plan = getenv("FAULTS_PLAN");
  under = getenv("FAULTS_UNDER");
  if (!under || !file || !plan) { under = NULL; return; }
  under_length = strlen(under);
  sscanf(plan, "%lu %lu %lu %lu %lu", &seed, &soft, &hard, &others, &kill_at);
  state = seed * 0x9E3779B97F4A7C15ull + 1;
  int fd = open(file, O_RDWR | O_CLOEXEC);
  void *map = fd < 0 ? MAP_FAILED : mmap(NULL, 512, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd >= 0) close(fd);
  if (map == MAP_FAILED) { under = NULL; return; }
  counts = map;
}

static uint64_t draw(void) {
  uint64_t mixed = atomic_fetch_add(&state, 0x9E3779B97F4A7C15ull) + 0x9E3779B97F4A7C15ull;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
  return mixed ^ (mixed >> 31);
}

static int is_path_ours(const char *path) {
  return counts && path && strncmp(path, under, under_length) == 0;
}

static int is_fd_ours(int fd) {
  if (!counts || fd <= 2) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_path_ours(path);
}

static void count(enum call call) {
  atomic_fetch_add(&counts[call * 2], 1);
  if (atomic_fetch_add(&calls, 1) + 1 == kill_at) kill(getpid(), SIGKILL);
}

static int fail(enum call call, int error) {
  atomic_fetch_add(&counts[call * 2 + 1], 1);
  errno = error;
  return -1;
}

/* So many calls work first: a handler that cannot even be made is another matter. */
enum { GRACE = 10 };

/* The fault of a call that is no write; 0 for none. */
static int other_fault(int error1, int error2) {
  uint64_t random = draw();
  if (random % 10000 >= others || atomic_load(&calls) < GRACE) return 0;
  return (random >> 32) & 1 ? error1 : error2;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static size_t write_fault(size_t length, int *error) {
  uint64_t random = draw(), rest = random >> 32;
  static const int hard_errors[] = { ENOSPC, EIO, EDQUOT };
  *error = 0;
  if (random % 10000 < soft) {
    if (rest % 8 == 0) *error = EAGAIN;
    else if (rest % 8 <= 2) *error = EINTR;
    else if (length > 1) return 1 + (rest >> 8) % (length - 1);
  } else if (random % 10000 < soft + hard) {
    *error = hard_errors[rest % 3];
  }
  return length;
}

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  if (!is_fd_ours(fd)) return real(fd, data, length);
  count(WRITE);
  int error;
  size_t allowed = write_fault(length, &error);
  if (error) return fail(WRITE, error);
  if (allowed < length) atomic_fetch_add(&counts[WRITE * 2 + 1], 1);
  return real(fd, data, allowed);
}

static int open_mode(int flags, va_list list) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;
}

#define OPEN_BODY(name) \
  REAL(name); \
  va_list list; \
  va_start(list, flags); \
  int mode = open_mode(flags, list); \
  va_end(list); \
  if (!is_path_ours(path)) return real(path, flags, mode); \
  count(OPEN); \
  int error = other_fault(EMFILE, EACCES); \
  return error ? fail(OPEN, error) : real(path, flags, mode);

int open(const char *path, int flags, ...) { OPEN_BODY(open) }
int open64(const char *path, int flags, ...) { OPEN_BODY(open64) }

int rename(const char *from, const char *to) {
  REAL(rename);
  if (!is_path_ours(from)) return real(from, to);
  count(RENAME);
  int error = other_fault(EACCES, ENOSPC);
  return error ? fail(RENAME, error) : real(from, to);
}

int unlink(const char *path) {
  REAL(unlink);
  if (!is_path_ours(path)) return real(path);
  count(UNLINK);
  int error = other_fault(EACCES, EPERM);
  return error ? fail(UNLINK, error) : real(path);
}

#define FD_BODY(name, call, error1, error2, ...) \
  REAL(name); \
  if (!is_fd_ours(fd)) return real(__VA_ARGS__); \
  count(call); \
  int error = other_fault(error1, error2); \
  return error ? fail(call, error) : real(__VA_ARGS__);

int fsync(int fd) { FD_BODY(fsync, FSYNC, EIO, ENOSPC, fd) }
int fdatasync(int fd) { FD_BODY(fdatasync, FSYNC, EIO, ENOSPC, fd) }
int ftruncate(int fd, off_t length) { FD_BODY(ftruncate, FTRUNCATE, EIO, EINTR, fd, length) }
int ftruncate64(int fd, off64_t length) { FD_BODY(ftruncate64, FTRUNCATE, EIO, EINTR, fd, length) }
