package dev.varve.ports.driver;

/** Whether a driver can work here. The three kinds of no are told apart, because a user does something else about each. */
public sealed interface Support {
    /** @param note how it works here, where there is more than one way; or "" */
    record Yes(String note) implements Support {}

    /** The kernel or the platform does not have it. */
    record NotSupported(String reason) implements Support {}

    /** It is there, but something that can be had is missing: a privilege, a module, a tool. */
    record PrerequisitesNotMet(String reason) implements Support {}

    /** It does not work on the file system that the store is on. */
    record IncompatibleBackingFileSystem(String reason) implements Support {}
}
