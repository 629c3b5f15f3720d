package dev.varve.ports.syscall;

/**
 * A file system, as statfs(2) tells of it.
 *
 * @param magic     the number of its type
 * @param total     in bytes
 * @param available to this user, in bytes
 * @param readOnly  whether it is mounted so
 */
public record FileSystemFacts(long magic, long total, long available, boolean readOnly) {}
