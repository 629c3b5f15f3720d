/* The floor for mounting an overlay of N lower directories: the bare calls, lower directories as descriptors.
 *   cc -O2 -o floor floor.c; floor DIR N ROUNDS     prints the median of mount + unmount in microseconds (root) */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void set_directory(int fs, const char *key, const char *path) {
    int d = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (d < 0 || syscall(SYS_fsconfig, fs, 5, key, 0, d)) {
        perror(key);
        exit(1);
    }
    close(d);
}

int main(int argc, char **argv) {
    if (argc != 4 || chdir(argv[1]))
        return 2;
    int n = atoi(argv[2]), rounds = atoi(argv[3]);
    char name[32];
    for (int i = 0; i < n; i++) {
        sprintf(name, "l%d", i);
        mkdir(name, 0755);
    }
    mkdir("u", 0755);
    mkdir("w", 0755);
    mkdir("m", 0755);
    double *times = malloc(rounds * sizeof *times);
    for (int r = 0; r < rounds; r++) {
        double begin = now();
        int fs = syscall(SYS_fsopen, "overlay", 1);
        for (int i = 0; i < n; i++) {
            sprintf(name, "l%d", i);
            set_directory(fs, "lowerdir+", name);
        }
        set_directory(fs, "upperdir", "u");
        set_directory(fs, "workdir", "w");
        if (syscall(SYS_fsconfig, fs, 6, 0, 0, 0)) {
            perror("create");
            return 1;
        }
        int m = syscall(SYS_fsmount, fs, 1, 0);
        if (m < 0 || syscall(SYS_move_mount, m, "", AT_FDCWD, "m", 4)) {
            perror("mount");
            return 1;
        }
        close(m);
        close(fs);
        if (umount2("m", 0)) {
            perror("umount2");
            return 1;
        }
        times[r] = now() - begin;
    }
    qsort(times, rounds, sizeof *times, compare);
    printf("%.0f\n", times[rounds / 2]);
    return 0;
}
