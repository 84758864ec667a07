/* A disk that fails, a process that dies, a clock that runs: loaded into the real binary with LD_PRELOAD.
 *
 * Calls that change a file under FAULTS_FOLDER are numbered from 1. The environment says what happens to them:
 *   FAULTS_FAIL=<n> <mode> <errno>   once: call n fails. short: a write n takes half the bytes, without an error.
 *                                    full: from call n on nothing finds space. dead: from call n on every call fails.
 *   FAULTS_KILL=<n> <when>           SIGKILL before, in the middle of (half the bytes are written) or after call n.
 *   FAULTS_SLOW=<name> <ms> <n>      every call of this name takes so long, from call n on; `read` too.
 *   FAULTS_LOG=<file>                each call: number, name, path, second path or offset and bytes; `missed` where
 *                                    the system refused it, as it refuses to remove what is not there.
 *   FAULTS_CLOCK=<s>                 the monotonic clock starts anew and moves by this much each time it is read.
 *
 * System calls are made directly, so nothing here calls itself. In C, because it must stand between the program and
 * its C library. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum fate { OUTSIDE, PASS, HALF, FAIL };

static const char *folder, *log_file;
static char fail_mode[8], kill_when[8], slow_name[12];
static long fail_at, fail_errno, kill_at, slow_ms, slow_from, clock_step;
static atomic_long calls, clock_reads;

__attribute__((constructor)) static void read_environment(void) {
    const char *value;
    folder = getenv("FAULTS_FOLDER");
    log_file = getenv("FAULTS_LOG");
    if ((value = getenv("FAULTS_FAIL"))) sscanf(value, "%ld %7s %ld", &fail_at, fail_mode, &fail_errno);
    if ((value = getenv("FAULTS_KILL"))) sscanf(value, "%ld %7s", &kill_at, kill_when);
    if ((value = getenv("FAULTS_SLOW"))) sscanf(value, "%11s %ld %ld", slow_name, &slow_ms, &slow_from);
    if ((value = getenv("FAULTS_CLOCK"))) clock_step = atol(value);
}

static int is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static void die(void) { kill(getpid(), SIGKILL); }

/* The path of a file that is open, or a path as it is seen from the root; empty if there is none. */
static const char *open_path(int fd, char *out) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, out, PATH_MAX - 1);
    out[length < 0 ? 0 : length] = 0;
    return out;
}

static const char *from_root(const char *path, char *out) {
    size_t length = 0;
    if (path[0] != '/' && getcwd(out, PATH_MAX)) length = strlen(out);
    snprintf(out + length, PATH_MAX - length, length ? "/%s" : "%s", path);
    return out;
}

static int inside(const char *path) {
    size_t length = folder ? strlen(folder) : 0;
    return length && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static void slow_down(const char *name, long n) {
    if (!slow_ms || n < slow_from || !is(name, slow_name)) return;
    struct timespec left = {slow_ms / 1000, slow_ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

/* What becomes of a call; `number` receives its number. */
static enum fate meet(const char *name, const char *path, long *number) {
    if (!inside(path)) return OUTSIDE;
    long n = *number = atomic_fetch_add(&calls, 1) + 1;
    slow_down(name, n);
    int writes = is(name, "write");
    if (n == kill_at && is(kill_when, "before")) die();
    if (n == kill_at && is(kill_when, "middle")) return writes ? HALF : PASS;
    if (!fail_at || n < fail_at) return PASS;
    if (is(fail_mode, "short")) return n == fail_at && writes ? HALF : PASS;
    if (is(fail_mode, "once") && n > fail_at) return PASS;
    /* A full disk still syncs, renames and removes; what is left of it takes half a write. */
    if (is(fail_mode, "full") && !writes && !is(name, "create") && !is(name, "mkdir")) return PASS;
    if (is(fail_mode, "full") && n == fail_at && writes) return HALF;
    errno = fail_errno;
    return FAIL;
}

/* After a call: written down (`bytes` in hexadecimal), and maybe the last one. */
static void leave(long n, const char *name, const char *path, const char *detail, const void *bytes, size_t count) {
    if (log_file) {
        size_t room = 2 * count + 3 * PATH_MAX, length;
        char *line = malloc(room);
        length = snprintf(line, room, "%ld\t%s\t%s\t%s\t", n, name, path, detail);
        for (size_t i = 0; i < count; i++) length += sprintf(line + length, "%02x", ((const unsigned char *)bytes)[i]);
        line[length++] = '\n';
        int file = syscall(SYS_openat, AT_FDCWD, log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        syscall(SYS_write, file, line, length);
        syscall(SYS_close, file);
        free(line);
    }
    if (n == kill_at) die();
}

/* One call: met, made unless it is to fail, left. */
#define CALL(name, path, detail, action)                                                            \
    ({                                                                                              \
        long n_ = 0;                                                                                \
        enum fate fate_ = meet(name, path, &n_);                                                    \
        long result_ = fate_ == FAIL ? -1 : (action);                                               \
        if (fate_ != OUTSIDE && fate_ != FAIL) leave(n_, result_ < 0 ? "missed" : name, path, detail, 0, 0); \
        result_;                                                                                    \
    })

static int open_file(const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC))) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    from_root(path, full);
    const char *name = access(full, F_OK) == 0 ? "open" : "create";
    return CALL(name, full, "", syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

#define OPEN(name)                                                                                  \
    int name(const char *path, int flags, ...) {                                                    \
        va_list rest;                                                                               \
        va_start(rest, flags);                                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                     \
        va_end(rest);                                                                               \
        return open_file(path, flags, mode);                                                        \
    }
OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *bytes, size_t count) {
    char path[PATH_MAX], at[32];
    long n = 0;
    enum fate fate = meet("write", open_path(fd, path), &n);
    if (fate == OUTSIDE) return syscall(SYS_write, fd, bytes, count);
    if (fate == FAIL) return -1;
    int appends = fcntl(fd, F_GETFL) & O_APPEND;
    snprintf(at, sizeof at, "%ld", (long)lseek(fd, 0, appends ? SEEK_END : SEEK_CUR));
    ssize_t written = syscall(SYS_write, fd, bytes, fate == HALF ? (count + 1) / 2 : count);
    leave(n, written < 0 ? "missed" : "write", path, at, bytes, written < 0 ? 0 : written);
    return written;
}

/* The first part alone: a short write, as the contract allows. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (!inside(open_path(fd, path))) return syscall(SYS_writev, fd, parts, count);
    while (count > 1 && parts->iov_len == 0) parts++, count--;
    return count ? write(fd, parts->iov_base, parts->iov_len) : 0;
}

ssize_t read(int fd, void *bytes, size_t count) {
    char path[PATH_MAX];
    if (slow_ms && inside(open_path(fd, path))) slow_down("read", atomic_load(&calls));
    return syscall(SYS_read, fd, bytes, count);
}

#define ON_OPEN_FILE(name, parameters, detail, action)                                              \
    int name parameters {                                                                           \
        char path[PATH_MAX];                                                                        \
        return CALL(#name, open_path(fd, path), detail, action);                                    \
    }
ON_OPEN_FILE(fsync, (int fd), "", syscall(SYS_fsync, fd))
ON_OPEN_FILE(fdatasync, (int fd), "", syscall(SYS_fdatasync, fd))
ON_OPEN_FILE(fchmod, (int fd, mode_t mode), "", syscall(SYS_fchmod, fd, mode))

int ftruncate64(int fd, off64_t length) {
    char path[PATH_MAX], detail[32];
    snprintf(detail, sizeof detail, "%ld", (long)length);
    return CALL("ftruncate", open_path(fd, path), detail, syscall(SYS_ftruncate, fd, length));
}

int mkdir(const char *path, mode_t mode) {
    char full[PATH_MAX];
    return CALL("mkdir", from_root(path, full), "", syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int unlink(const char *path) {
    char full[PATH_MAX];
    return CALL("unlink", from_root(path, full), "", syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int rename(const char *from, const char *to) {
    char full[PATH_MAX], target[PATH_MAX];
    from_root(to, target);
    return CALL("rename", from_root(from, full), target, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!clock_step || clock != CLOCK_MONOTONIC) return syscall(SYS_clock_gettime, clock, time);
    time->tv_sec = 1000 + clock_step * atomic_fetch_add(&clock_reads, 1);
    time->tv_nsec = 0;
    return 0;
}
