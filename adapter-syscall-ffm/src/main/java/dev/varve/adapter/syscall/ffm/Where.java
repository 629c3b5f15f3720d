package dev.varve.adapter.syscall.ffm;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.path.EntryName;

/** Where a handle was opened, for messages only: put together when one is printed. */
record Where(@Nullable Where parent, String name) {
    static Where of(String path) {
        return new Where(null, path);
    }

    Where child(Object below) {
        return new Where(this, below instanceof EntryName ? below.toString() : below.toString().substring(1));
    }

    @Override
    public String toString() {
        Where up = parent;
        return up == null ? name : up + "/" + name;
    }
}
