package dev.varve.ports.syscall;

/** The modes of flock(2). */
public enum LockMode {
    SHARED, EXCLUSIVE, NONE
}
