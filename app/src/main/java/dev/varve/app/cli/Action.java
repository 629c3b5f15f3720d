package dev.varve.app.cli;

import java.io.IOException;

/** What a verb does, once its arguments are read. Returns when it is done, throws when it is not. */
@FunctionalInterface
interface Action {
    void run(Invocation in) throws IOException;
}
