package dev.varve.adapter.syscall.ffm;

import java.util.ArrayDeque;
import java.util.Deque;

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

    /** Without recursion: a tree may be deeper than a stack. */
    @Override
    public String toString() {
        Deque<Where> way = new ArrayDeque<>();
        for (Where at = this; at != null; at = at.parent) {
            way.push(at);
        }
        StringBuilder out = new StringBuilder();
        for (Where at : way) {
            // a path prints with its slash
            out.append(at.parent != null && at.name instanceof EntryName ? "/" : "").append(at.name);
        }
        return out.toString();
    }
}
