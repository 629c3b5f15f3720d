/** Random operations on trees, as values: made, carried out on any directory of the syscall port, and what they change. */
package dev.varve.testkit.edit;
