package dev.varve.adapter.syscall.ffm;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.path.EntryName;

/** Where a handle was opened, for messages only: put together when one is printed. */
record Where(@Nullable Where parent, Object name) {
    static Where of(String path) {
        return new Where(null, path);
    }

    Where child(Object below) {
        return new Where(this, below);
    }

    @Override
    public String toString() {
        Where up = parent;
        if (up == null) {
            return name.toString();
        }
        return name instanceof EntryName ? up + "/" + name : up + name.toString(); // a path prints with its slash
    }
}
